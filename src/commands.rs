//! The one table of commands: buttons, keys, tooltips and the help sheet all come from it.

use crate::labelling::Hand;
use crate::words::{self, Text};
use workers::messages::SaveAs;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    OpenFiles,
    OpenFolder,
    /// Where the site names a PACS.
    OpenPacs,
    CloseStudy,
    Predict,
    Cancel,
    Pan,
    Zoom,
    Scroll,
    Window,
    Length,
    Angle,
    Ellipse,
    Rectangle,
    /// Draws with the hand chosen last, or with this one.
    Label,
    Draw(Hand),
    Solid,
    SmallerBrush,
    LargerBrush,
    Stamp,
    /// The last that was done with the tool at hand.
    Undo,
    Redo,
    DeleteMark,
    UndoMark,
    RedoMark,
    Reset,
    Previous,
    Next,
    BackTen,
    OnTen,
    First,
    Last,
    ZoomIn,
    ZoomOut,
    VisibleAll,
    HidePatientText,
    Crosshair,
    MoreFill,
    LessFill,
    Peek,
    NextDepth,
    Thicker,
    Thinner,
    Kub,
    Enlarge,
    NextFinding,
    PreviousFinding,
    /// A person's word on the finding gone to.
    Accept,
    Reject,
    /// Takes the last review back.
    UndoReview,
    Preset(usize),
    /// A window that the file suggests.
    FilePreset(usize),
    /// Half of the highest HU of the stone gone to.
    HalfMaximum,
    NextLayout,
    Cine,
    NextPane,
    PreviousPane,
    Facts,
    /// The header of the slice shown.
    Tags,
    /// What leaves the computer, and what stays.
    Trust,
    Save(SaveAs),
    SavePicture,
    LoadFindings,
    /// A network of the person's own.
    TakeModel,
    /// The page's own network again.
    LeaveModel,
    Summary,
    SendToPacs,
    Help,
}

/// A key as the browser names it. Letters are given small and match either case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    pub name: &'static str,
    pub shift: bool,
    /// Control, or Command on a Mac.
    pub ctrl: bool,
    /// How a person calls it.
    pub shown: &'static str,
}

/// Where a command has a button.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    Open,
    Pacs,
    Search,
    Tools,
    Measure,
    /// Over the settings of what is drawn with.
    Hands,
    /// Over the list of what was measured.
    Marks,
    Slices,
    Look,
    /// The menu of what can be saved.
    Save,
    /// No button: its key, or a control of another kind.
    Keys,
}

pub struct Row {
    pub command: Command,
    pub name: Text,
    pub group: Group,
    pub keys: &'static [Key],
}

const fn key(name: &'static str, shown: &'static str) -> Key {
    Key { name, shift: false, ctrl: false, shown }
}

const fn shift(name: &'static str, shown: &'static str) -> Key {
    Key { name, shift: true, ctrl: false, shown }
}

const fn ctrl(name: &'static str, shift: bool, shown: &'static str) -> Key {
    Key { name, shift, ctrl: true, shown }
}

const fn row(command: Command, name: Text, group: Group, keys: &'static [Key]) -> Row {
    Row { command, name, group, keys }
}

const fn save(file: SaveAs, name: Text) -> Row {
    row(Command::Save(file), name, Group::Save, &[])
}

pub const TABLE: &[Row] = &[
    row(Command::OpenFiles, words::OPEN_FILES, Group::Open, &[key("o", "O")]),
    row(Command::OpenFolder, words::OPEN_FOLDER, Group::Open, &[shift("o", "Shift O")]),
    row(Command::OpenPacs, words::OPEN_PACS, Group::Pacs, &[shift("p", "Shift P")]),
    row(Command::CloseStudy, words::CLOSE_STUDY, Group::Open, &[shift("c", "Shift C")]),
    row(Command::Predict, words::PREDICT, Group::Search, &[key("d", "D")]),
    row(Command::Cancel, words::CANCEL, Group::Keys, &[key("Escape", "Esc")]),
    row(Command::Window, words::WINDOW, Group::Tools, &[key("w", "W")]),
    row(Command::Pan, words::PAN, Group::Tools, &[key("m", "M")]),
    row(Command::Zoom, words::ZOOM, Group::Tools, &[key("z", "Z")]),
    row(Command::Scroll, words::SCROLL, Group::Tools, &[key("s", "S")]),
    row(Command::Reset, words::RESET, Group::Tools, &[key("r", "R")]),
    row(Command::Length, words::LENGTH, Group::Measure, &[key("l", "L")]),
    row(Command::Angle, words::ANGLE, Group::Measure, &[key("a", "A")]),
    row(Command::Ellipse, words::ELLIPSE, Group::Measure, &[key("e", "E")]),
    row(Command::Rectangle, words::RECTANGLE, Group::Measure, &[key("b", "B")]),
    row(Command::Label, words::LABEL, Group::Measure, &[key("t", "T")]),
    row(Command::Draw(Hand::Brush), words::BRUSH, Group::Hands, &[shift("b", "Shift B")]),
    row(Command::Draw(Hand::Eraser), words::ERASER, Group::Hands, &[shift("e", "Shift E")]),
    row(Command::Draw(Hand::Grow), words::GROW, Group::Hands, &[shift("g", "Shift G")]),
    row(Command::Draw(Hand::Lasso), words::LASSO, Group::Hands, &[shift("l", "Shift L")]),
    row(Command::Solid, words::SOLID_KEY, Group::Keys, &[shift("t", "Shift T")]),
    row(Command::SmallerBrush, words::SMALLER, Group::Keys, &[key(";", ";")]),
    row(Command::LargerBrush, words::LARGER, Group::Keys, &[key("'", "'")]),
    row(Command::Stamp, words::STAMP, Group::Keys, &[key("Enter", "Enter")]),
    row(Command::Undo, words::UNDO, Group::Keys, &[ctrl("z", false, "Ctrl Z")]),
    row(
        Command::Redo,
        words::REDO,
        Group::Keys,
        &[ctrl("z", true, "Ctrl Shift Z"), ctrl("y", false, "Ctrl Y")],
    ),
    row(Command::UndoMark, words::UNDO_MARK, Group::Marks, &[]),
    row(Command::RedoMark, words::REDO_MARK, Group::Marks, &[]),
    row(
        Command::DeleteMark,
        words::DELETE_MARK,
        Group::Marks,
        &[key("Delete", "Del"), key("Backspace", "⌫")],
    ),
    row(Command::Previous, words::PREVIOUS, Group::Slices, &[key("ArrowUp", "↑")]),
    row(Command::Next, words::NEXT, Group::Slices, &[key("ArrowDown", "↓")]),
    row(Command::PreviousPane, words::PREVIOUS_PANE, Group::Keys, &[key("ArrowLeft", "←")]),
    row(Command::NextPane, words::NEXT_PANE, Group::Keys, &[key("ArrowRight", "→")]),
    row(Command::Cine, words::CINE, Group::Slices, &[key("c", "C")]),
    row(Command::BackTen, words::BACK_TEN, Group::Keys, &[key("PageUp", "PgUp")]),
    row(Command::OnTen, words::ON_TEN, Group::Keys, &[key("PageDown", "PgDn")]),
    row(Command::First, words::FIRST, Group::Keys, &[key("Home", "Home")]),
    row(Command::Last, words::LAST, Group::Keys, &[key("End", "End")]),
    row(Command::ZoomIn, words::ZOOM_IN, Group::Slices, &[key("+", "+"), key("=", "=")]),
    row(Command::ZoomOut, words::ZOOM_OUT, Group::Slices, &[key("-", "−")]),
    row(Command::VisibleAll, words::VISIBLE, Group::Look, &[key("v", "V"), key("g", "G")]),
    row(Command::HidePatientText, words::HIDE_PATIENT, Group::Look, &[key("p", "P")]),
    row(Command::Crosshair, words::CROSSHAIR, Group::Look, &[key("x", "X")]),
    row(Command::LessFill, words::LESS_FILL, Group::Keys, &[key("[", "[")]),
    row(Command::MoreFill, words::MORE_FILL, Group::Keys, &[key("]", "]")]),
    row(Command::Peek, words::PEEK, Group::Keys, &[key(" ", "Space")]),
    row(Command::NextDepth, words::NEXT_DEPTH, Group::Keys, &[key("h", "H")]),
    row(Command::Thinner, words::THINNER, Group::Keys, &[key(",", ",")]),
    row(Command::Thicker, words::THICKER, Group::Keys, &[key(".", ".")]),
    row(Command::Kub, words::KUB, Group::Look, &[key("k", "K")]),
    row(Command::NextLayout, words::NEXT_LAYOUT, Group::Keys, &[key("y", "Y")]),
    row(Command::Enlarge, words::ENLARGE, Group::Look, &[key("f", "F")]),
    row(Command::NextFinding, words::NEXT_FINDING, Group::Keys, &[key("n", "N")]),
    row(Command::PreviousFinding, words::PREVIOUS_FINDING, Group::Keys, &[shift("n", "Shift N")]),
    row(Command::Accept, words::ACCEPT, Group::Keys, &[key("j", "J")]),
    row(Command::Reject, words::REJECT, Group::Keys, &[key("q", "Q")]),
    row(Command::UndoReview, words::UNDO_REVIEW, Group::Keys, &[key("u", "U")]),
    row(Command::Preset(0), words::PRESET_START, Group::Keys, &[key("0", "0")]),
    row(Command::Preset(1), words::PRESET_SOFT, Group::Keys, &[key("1", "1")]),
    row(Command::Preset(2), words::PRESET_LIVER, Group::Keys, &[key("2", "2")]),
    row(Command::Preset(3), words::PRESET_BONE, Group::Keys, &[key("3", "3")]),
    row(Command::Preset(4), words::PRESET_LUNG, Group::Keys, &[key("4", "4")]),
    row(Command::HalfMaximum, words::PRESET_HALF, Group::Keys, &[key("5", "5")]),
    row(Command::FilePreset(0), words::PRESET_FILE, Group::Keys, &[key("6", "6")]),
    row(Command::FilePreset(1), words::PRESET_FILE_2, Group::Keys, &[key("7", "7")]),
    row(Command::Facts, words::FACTS, Group::Keys, &[key("i", "I")]),
    row(Command::Tags, words::TAGS, Group::Keys, &[shift("i", "Shift I")]),
    row(Command::Trust, words::TRUST_TITLE, Group::Keys, &[shift("h", "Shift H")]),
    row(Command::TakeModel, words::TAKE_MODEL, Group::Keys, &[shift("m", "Shift M")]),
    row(Command::LeaveModel, words::LEAVE_MODEL, Group::Keys, &[]),
    save(SaveAs::Segmentation, words::SAVE_SEGMENTATION),
    save(SaveAs::Report, words::SAVE_REPORT),
    save(SaveAs::Table, words::SAVE_TABLE),
    save(SaveAs::Json, words::SAVE_JSON),
    save(SaveAs::Labels, words::SAVE_LABELS),
    save(SaveAs::Image, words::SAVE_IMAGE),
    save(SaveAs::Truth, words::SAVE_TRUTH),
    row(Command::SavePicture, words::SAVE_PICTURE, Group::Save, &[]),
    row(Command::LoadFindings, words::LOAD_FINDINGS, Group::Save, &[]),
    row(Command::Summary, words::SUMMARY, Group::Save, &[]),
    row(Command::SendToPacs, words::SEND_TO_PACS, Group::Save, &[]),
    row(Command::Help, words::HELP, Group::Look, &[key("?", "?")]),
];

/// The row whose key was pressed.
pub fn of_key(name: &str, shift: bool, ctrl: bool) -> Option<&'static Row> {
    let named = |key: &&Key| match name.len() {
        _ if key.ctrl != ctrl => false,
        // Which signs need Shift differs between keyboards; of letters it is a part of the key.
        1 if !name.chars().all(char::is_alphabetic) => key.name == name,
        _ => key.name.eq_ignore_ascii_case(name) && key.shift == shift,
    };
    TABLE.iter().find(|row| row.keys.iter().any(|key| named(&key)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_means_two_things() {
        let keys: Vec<Key> = TABLE.iter().flat_map(|row| row.keys).copied().collect();
        for (n, key) in keys.iter().enumerate() {
            assert!(!keys[..n].contains(key), "{key:?}");
        }
    }

    #[test]
    fn keys_are_found_in_either_case() {
        assert_eq!(of_key("R", false, false).map(|row| row.command), Some(Command::Reset));
        assert_eq!(of_key("N", true, false).map(|row| row.command), Some(Command::PreviousFinding));
        assert_eq!(of_key("?", true, false).map(|row| row.command), Some(Command::Help));
        assert_eq!(of_key("Z", true, true).map(|row| row.command), Some(Command::Redo));
        assert!(of_key("r", false, true).is_none() && of_key("@", false, false).is_none());
    }
}
