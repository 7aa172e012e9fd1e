//! Signs on buttons, drawn as lines in a 24 × 24 square.

use crate::commands::Command;
use leptos::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    Files,
    Folder,
    Server,
    Away,
    Search,
    Hand,
    Lens,
    Stack,
    Contrast,
    Back,
    Up,
    Down,
    Plus,
    Minus,
    Eye,
    Person,
    Cross,
    Large,
    Question,
    Drop,
    Lock,
    Alert,
    Ruler,
    Corner,
    Round,
    Square,
    Undo,
    Redo,
    Bin,
    Tract,
    Play,
    Pen,
    Dots,
    Side,
    List,
    Page,
    Twins,
}

impl Sign {
    /// The sign of a command that has a button.
    pub fn of(command: Command) -> Option<Self> {
        Some(match command {
            Command::OpenFiles => Sign::Files,
            Command::OpenFolder => Sign::Folder,
            Command::OpenPacs => Sign::Server,
            Command::CloseStudy => Sign::Away,
            Command::Predict => Sign::Search,
            Command::Pan => Sign::Hand,
            Command::Zoom => Sign::Lens,
            Command::Scroll => Sign::Stack,
            Command::Window => Sign::Contrast,
            Command::Length => Sign::Ruler,
            Command::Angle => Sign::Corner,
            Command::Ellipse => Sign::Round,
            Command::Rectangle => Sign::Square,
            Command::Label => Sign::Pen,
            Command::UndoMark => Sign::Undo,
            Command::RedoMark => Sign::Redo,
            Command::DeleteMark => Sign::Bin,
            Command::Reset => Sign::Back,
            Command::Previous => Sign::Up,
            Command::Next => Sign::Down,
            Command::ZoomIn => Sign::Plus,
            Command::ZoomOut => Sign::Minus,
            Command::VisibleAll => Sign::Eye,
            Command::HidePatientText => Sign::Person,
            Command::Crosshair => Sign::Cross,
            Command::Cine => Sign::Play,
            Command::Kub => Sign::Tract,
            Command::Enlarge => Sign::Large,
            Command::Compare => Sign::Twins,
            Command::Side => Sign::Side,
            Command::SeriesList => Sign::List,
            Command::Tags => Sign::Page,
            Command::Trust => Sign::Lock,
            Command::Help => Sign::Question,
            _ => return None,
        })
    }

    /// Whether the command's sign can stand without its word.
    pub fn speaks_for(command: Command) -> bool {
        matches!(
            command,
            Command::OpenPacs
                | Command::CloseStudy
                | Command::Previous
                | Command::Next
                | Command::VisibleAll
                | Command::Crosshair
                | Command::Length
                | Command::Angle
                | Command::Ellipse
                | Command::Rectangle
                | Command::Label
                | Command::Cine
                | Command::UndoMark
                | Command::RedoMark
                | Command::DeleteMark
                | Command::Side
                | Command::Help
        )
    }

    fn path(self) -> &'static str {
        match self {
            Sign::Files => "M6 3h8l4 4v14H6zM14 3v4h4",
            Sign::Folder => "M3 6h7l2 2h9v11H3z",
            Sign::Server => "M4 4h16v6H4zM4 14h16v6H4zM7 7h2M7 17h2",
            Sign::Away => "M5 5l14 14M19 5L5 19",
            Sign::Search => {
                "M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4M12 9a3 3 0 1 0 0 6a3 3 0 1 0 0-6"
            }
            Sign::Hand => {
                "M12 3v18M3 12h18M12 3l-3 3M12 3l3 3M12 21l-3-3M12 21l3-3M3 12l3-3M3 12l3 3M21 12l-3-3M21 12l-3 3"
            }
            Sign::Lens => {
                "M10.5 4a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13M15.5 15.5L21 21M10.5 7.5v6M7.5 10.5h6"
            }
            Sign::Stack => "M12 3l9 4.5l-9 4.5l-9-4.5zM3 12l9 4.5l9-4.5M3 16.5l9 4.5l9-4.5",
            Sign::Contrast => {
                "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18M12 3v18M12 7h6.5M12 12h9M12 17h6.5"
            }
            Sign::Back => "M4 12a8 8 0 1 0 3-6.2M4 4v5h5",
            Sign::Up => "M5 15l7-7l7 7",
            Sign::Down => "M5 9l7 7l7-7",
            Sign::Plus => "M12 5v14M5 12h14",
            Sign::Minus => "M5 12h14",
            Sign::Eye => {
                "M2 12c3-5 6.5-7 10-7s7 2 10 7c-3 5-6.5 7-10 7s-7-2-10-7M12 9a3 3 0 1 0 0 6a3 3 0 1 0 0-6"
            }
            Sign::Person => "M12 4a4 4 0 1 0 0 8a4 4 0 1 0 0-8M4 21c0-4 4-6 8-6s8 2 8 6M3 3l18 18",
            Sign::Cross => "M12 2v7M12 15v7M2 12h7M15 12h7",
            Sign::Large => "M9 3H3v6M15 3h6v6M9 21H3v-6M15 21h6v-6",
            Sign::Question => {
                "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18M9.5 9.5a2.5 2.5 0 1 1 3.5 2.3c-.7.3-1 .9-1 1.7M12 16.5v.5"
            }
            Sign::Drop => "M12 3v11M8 10l4 4l4-4M4 15v5h16v-5",
            Sign::Lock => "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
            Sign::Ruler => "M5 19L19 5M3 17l4 4M17 3l4 4M9 13l2 2M13 9l2 2",
            Sign::Corner => "M20 19H4L15 5M10 19a8 8 0 0 0-2-5",
            Sign::Round => "M12 6c5 0 9 2.7 9 6s-4 6-9 6s-9-2.7-9-6s4-6 9-6",
            Sign::Square => "M4 6h16v12H4z",
            Sign::Undo => "M8 5L4 9l4 4M4 9h10a5 5 0 0 1 0 10h-3",
            Sign::Redo => "M16 5l4 4l-4 4M20 9H10a5 5 0 0 0 0 10h3",
            Sign::Bin => "M4 7h16M9 7V4h6v3M6 7l1 14h10l1-14M10 11v6M14 11v6",
            Sign::Tract => {
                "M8 4c-3 0-4 2-4 4s1 4 3 4s2-2 2-4M16 4c3 0 4 2 4 4s-1 4-3 4s-2-2-2-4M9 9c0 5 1 6 2 8M15 9c0 5-1 6-2 8M9 19c0-3 6-3 6 0s-6 3-6 0"
            }
            Sign::Play => "M7 4l13 8l-13 8z",
            Sign::Dots => {
                "M5 11a1 1 0 1 0 0 2a1 1 0 1 0 0-2M12 11a1 1 0 1 0 0 2a1 1 0 1 0 0-2M19 11a1 1 0 1 0 0 2a1 1 0 1 0 0-2"
            }
            Sign::Side => "M3 4h18v16H3zM15 4v16",
            Sign::List => "M4 6h4v4H4zM4 14h4v4H4zM11 8h9M11 16h9",
            Sign::Twins => "M3 5h8v14H3zM13 5h8v14h-8z",
            Sign::Page => "M6 3h12v18H6zM9 8h6M9 12h6M9 16h4",
            Sign::Pen => "M4 20l1-5L16 4l4 4L9 19zM13 7l4 4",
            Sign::Alert => "M12 3l10 18H2zM12 10v5M12 17.5v.5",
        }
    }
}

#[component]
pub fn Icon(sign: Sign) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
            <path d=sign.path()></path>
        </svg>
    }
}
