//! What is said between the page and the worker that speaks to the PACS. Each errand has a worker of its own: stopping
//! ends it.

use super::Failure;
pub use dicomweb::{Outcome, Query, SeriesRow, Service, StudyRow};
use serde::{Deserialize, Serialize};

/// Page → PACS worker.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ToPacs {
    /// Its address is whole here.
    pub service: Service,
    pub errand: Errand,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Errand {
    /// QIDO-RS: answered by [`FromPacs::Studies`].
    Search(Query),
    /// The series of a study: answered by [`FromPacs::Series`].
    List { study: String },
    /// WADO-RS: answered by [`FromPacs::Arrived`] again and again, and by [`FromPacs::Retrieved`].
    Retrieve { study: String, series: String },
    /// STOW-RS: answered by [`FromPacs::Stored`]. Attachments: an `ArrayBuffer` for each object.
    Store,
}

/// PACS worker → page. All but `Ready`, `Asking` and `Arrived` are the last that it says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum FromPacs {
    Ready,
    /// A request goes out, to this address below the service's own, less its query.
    Asking {
        address: String,
    },
    /// `more` than could be listed.
    Studies {
        studies: Vec<StudyRow>,
        more: bool,
    },
    Series {
        series: Vec<SeriesRow>,
    },
    /// Instances that have come, and how many there are, if that is known. Attachments: the `Blob` of each new one.
    Arrived {
        done: usize,
        of: usize,
    },
    /// No more comes: the names of those that did not, and why.
    Retrieved {
        missing: Vec<String>,
        trouble: Option<Failure>,
    },
    /// What became of each object.
    Stored {
        outcomes: Vec<Outcome>,
    },
    /// `code` is one of: `pacs_unreachable`, `pacs_silent`, `pacs_sign_in`, `pacs_not_found`, `pacs_refused`,
    /// `pacs_failed`, `pacs_not_json`, `pacs_broken`, `pacs_nothing`.
    Failed(Failure),
}
