//! What is said between the study worker and the decode workers.

use reader::{Frame, Listed, Refusal, Seen};
use serde::{Deserialize, Serialize};

/// Study worker → decode worker: files to work on in this order. Attachments: the `Blob` of each.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ToDecode {
    pub tasks: Vec<Task>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Task {
    /// What is in this file?
    Scan { path: String, take: Take },
    /// The HU of frames that lie in one file.
    Decode { frames: Vec<Frame> },
    /// The elements of its header. Only the program `decoder` knows their names.
    List { path: String },
}

/// Whether the pixels of a file are wanted with its header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Take {
    Nothing,
    /// Where they lie uncompressed: such a file takes longer to be read twice than to be decoded.
    Plain,
    /// However they lie.
    Any,
}

/// Decode worker → study worker; to each task exactly one `Scanned` or `Listed`, or one answer for each frame.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum FromDecode {
    /// Attachments: one `Blob` for each entry of an archive; where the pixels of the only frame were taken at once,
    /// `Int16Array` of its HU, and what they tell is `seen`.
    Scanned {
        task: usize,
        frames: Vec<Frame>,
        entries: Vec<String>,
        refused: Vec<Refusal>,
        seen: Option<Seen>,
    },
    /// Frame `number` of those asked for. Attachment: `Int16Array` of HU.
    Decoded {
        task: usize,
        number: usize,
        seen: Seen,
    },
    Refused {
        task: usize,
        number: usize,
        refusal: Refusal,
    },
    Listed {
        task: usize,
        listed: Vec<Listed>,
    },
}
