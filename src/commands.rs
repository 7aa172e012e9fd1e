//! The one table of commands: buttons, keys, tooltips and the help sheet all come from it.

use crate::keys::{Cap, Key};
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
    /// A second study beside the first.
    Compare,
    /// Both studies show the same place.
    MatchHere,
    /// The panels beside the planes.
    Side,
    /// The list of series among them.
    SeriesList,
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

/// Where a command has a button. What the toolbar has no room for stands in its menu.
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
    /// In the toolbar's menu on every screen.
    More,
    /// At the toolbar's end.
    End,
    /// The menu of what can be saved.
    Save,
    /// No button: its key, or a control of another kind.
    Keys,
}

impl Group {
    /// What style sheets call it.
    pub fn name(self) -> &'static str {
        match self {
            Group::Open => "open",
            Group::Pacs => "pacs",
            Group::Search => "search",
            Group::Tools => "tools",
            Group::Measure => "measure",
            Group::Hands => "hands",
            Group::Marks => "marks",
            Group::Slices => "slices",
            Group::Look => "look",
            Group::More => "more",
            Group::End => "end",
            Group::Save => "save",
            Group::Keys => "keys",
        }
    }
}

pub struct Row {
    pub command: Command,
    pub name: Text,
    pub group: Group,
    pub keys: &'static [Key],
}

impl Row {
    pub fn of(command: Command) -> Option<&'static Row> {
        TABLE.iter().find(|row| row.command == command)
    }
}

const fn key(sign: char) -> Key {
    Key { cap: Cap::Sign(sign), shift: false, ctrl: false }
}

const fn named(name: &'static str) -> Key {
    Key { cap: Cap::Named(name), shift: false, ctrl: false }
}

const fn shift(sign: char) -> Key {
    Key { cap: Cap::Sign(sign), shift: true, ctrl: false }
}

const fn ctrl(sign: char, shift: bool) -> Key {
    Key { cap: Cap::Sign(sign), shift, ctrl: true }
}

const fn row(command: Command, name: Text, group: Group, keys: &'static [Key]) -> Row {
    Row { command, name, group, keys }
}

const fn save(file: SaveAs, name: Text) -> Row {
    row(Command::Save(file), name, Group::Save, &[])
}

pub const TABLE: &[Row] = &[
    row(Command::OpenFiles, words::OPEN_FILES, Group::Open, &[key('o')]),
    row(Command::OpenFolder, words::OPEN_FOLDER, Group::Open, &[shift('o')]),
    row(Command::OpenPacs, words::OPEN_PACS, Group::Pacs, &[shift('p')]),
    row(Command::CloseStudy, words::CLOSE_STUDY, Group::Open, &[shift('c')]),
    row(Command::Predict, words::PREDICT, Group::Search, &[key('d')]),
    row(Command::Cancel, words::CANCEL, Group::Keys, &[named("Escape")]),
    row(Command::Window, words::WINDOW, Group::Tools, &[key('w')]),
    row(Command::Pan, words::PAN, Group::Tools, &[key('m')]),
    row(Command::Zoom, words::ZOOM, Group::Tools, &[key('z')]),
    row(Command::Scroll, words::SCROLL, Group::Tools, &[key('s')]),
    row(Command::Reset, words::RESET, Group::Tools, &[key('r')]),
    row(Command::Length, words::LENGTH, Group::Measure, &[key('l')]),
    row(Command::Angle, words::ANGLE, Group::Measure, &[key('a')]),
    row(Command::Ellipse, words::ELLIPSE, Group::Measure, &[key('e')]),
    row(Command::Rectangle, words::RECTANGLE, Group::Measure, &[key('b')]),
    row(Command::Label, words::LABEL, Group::Measure, &[key('t')]),
    row(Command::Draw(Hand::Brush), words::BRUSH, Group::Hands, &[shift('b')]),
    row(Command::Draw(Hand::Eraser), words::ERASER, Group::Hands, &[shift('e')]),
    row(Command::Draw(Hand::Grow), words::GROW, Group::Hands, &[shift('g')]),
    row(Command::Draw(Hand::Lasso), words::LASSO, Group::Hands, &[shift('l')]),
    row(Command::Solid, words::SOLID_KEY, Group::Keys, &[shift('t')]),
    row(Command::SmallerBrush, words::SMALLER, Group::Keys, &[key(';')]),
    row(Command::LargerBrush, words::LARGER, Group::Keys, &[key('\'')]),
    row(Command::Stamp, words::STAMP, Group::Keys, &[named("Enter")]),
    row(Command::Undo, words::UNDO, Group::Keys, &[ctrl('z', false)]),
    row(Command::Redo, words::REDO, Group::Keys, &[ctrl('z', true), ctrl('y', false)]),
    row(Command::UndoMark, words::UNDO_MARK, Group::Marks, &[]),
    row(Command::RedoMark, words::REDO_MARK, Group::Marks, &[]),
    row(
        Command::DeleteMark,
        words::DELETE_MARK,
        Group::Marks,
        &[named("Delete"), named("Backspace")],
    ),
    row(Command::Previous, words::PREVIOUS, Group::Slices, &[named("ArrowUp")]),
    row(Command::Next, words::NEXT, Group::Slices, &[named("ArrowDown")]),
    row(Command::PreviousPane, words::PREVIOUS_PANE, Group::Keys, &[named("ArrowLeft")]),
    row(Command::NextPane, words::NEXT_PANE, Group::Keys, &[named("ArrowRight")]),
    row(Command::Cine, words::CINE, Group::Slices, &[key('c')]),
    row(Command::BackTen, words::BACK_TEN, Group::Keys, &[named("PageUp")]),
    row(Command::OnTen, words::ON_TEN, Group::Keys, &[named("PageDown")]),
    row(Command::First, words::FIRST, Group::Keys, &[named("Home")]),
    row(Command::Last, words::LAST, Group::Keys, &[named("End")]),
    row(Command::ZoomIn, words::ZOOM_IN, Group::More, &[key('+'), key('=')]),
    row(Command::ZoomOut, words::ZOOM_OUT, Group::More, &[key('-')]),
    row(Command::VisibleAll, words::VISIBLE, Group::Look, &[key('v'), key('g')]),
    row(Command::HidePatientText, words::HIDE_PATIENT, Group::More, &[key('p')]),
    row(Command::Crosshair, words::CROSSHAIR, Group::Look, &[key('x')]),
    row(Command::LessFill, words::LESS_FILL, Group::Keys, &[key('[')]),
    row(Command::MoreFill, words::MORE_FILL, Group::Keys, &[key(']')]),
    row(Command::Peek, words::PEEK, Group::Keys, &[key(' ')]),
    row(Command::NextDepth, words::NEXT_DEPTH, Group::Keys, &[key('h')]),
    row(Command::Thinner, words::THINNER, Group::Keys, &[key(',')]),
    row(Command::Thicker, words::THICKER, Group::Keys, &[key('.')]),
    row(Command::Kub, words::KUB, Group::Look, &[key('k')]),
    row(Command::NextLayout, words::NEXT_LAYOUT, Group::Keys, &[key('y')]),
    row(Command::Enlarge, words::ENLARGE, Group::More, &[key('f')]),
    row(Command::NextFinding, words::NEXT_FINDING, Group::Keys, &[key('n')]),
    row(Command::PreviousFinding, words::PREVIOUS_FINDING, Group::Keys, &[shift('n')]),
    row(Command::Accept, words::ACCEPT, Group::Keys, &[key('j')]),
    row(Command::Reject, words::REJECT, Group::Keys, &[key('q')]),
    row(Command::UndoReview, words::UNDO_REVIEW, Group::Keys, &[key('u')]),
    row(Command::Preset(0), words::PRESET_START, Group::Keys, &[key('0')]),
    row(Command::Preset(1), words::PRESET_SOFT, Group::Keys, &[key('1')]),
    row(Command::Preset(2), words::PRESET_LIVER, Group::Keys, &[key('2')]),
    row(Command::Preset(3), words::PRESET_BONE, Group::Keys, &[key('3')]),
    row(Command::Preset(4), words::PRESET_LUNG, Group::Keys, &[key('4')]),
    row(Command::HalfMaximum, words::PRESET_HALF, Group::Keys, &[key('5')]),
    row(Command::FilePreset(0), words::PRESET_FILE, Group::Keys, &[key('6')]),
    row(Command::FilePreset(1), words::PRESET_FILE_2, Group::Keys, &[key('7')]),
    row(Command::Facts, words::FACTS, Group::Keys, &[key('i')]),
    row(Command::Tags, words::TAGS, Group::More, &[shift('i')]),
    row(Command::Trust, words::TRUST_TITLE, Group::More, &[shift('h')]),
    row(Command::TakeModel, words::TAKE_MODEL, Group::Keys, &[shift('m')]),
    row(Command::LeaveModel, words::LEAVE_MODEL, Group::Keys, &[]),
    save(SaveAs::Segmentation, words::SAVE_SEGMENTATION),
    save(SaveAs::Fractional, words::SAVE_FRACTIONAL),
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
    row(Command::Compare, words::COMPARE, Group::More, &[shift('v')]),
    row(Command::MatchHere, words::MATCH_HERE, Group::Keys, &[shift('x')]),
    row(Command::Side, words::SIDE, Group::End, &[shift('f')]),
    row(Command::SeriesList, words::SERIES_LIST, Group::More, &[shift('s')]),
    row(Command::Help, words::HELP, Group::End, &[key('?')]),
];

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
}
