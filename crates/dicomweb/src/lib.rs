//! DICOMweb (PS3.18) without a network: what is asked, and what is made of the answers. Whoever fetches is elsewhere.
//!
//! * [`address`]: UIDs, addresses of resources, what a search asks for, the link to an exam
//! * [`service`]: the service as a site names it
//! * [`matches`]: QIDO-RS answers as rows
//! * [`multipart`]: WADO-RS answers, part by part as their bytes come
//! * [`instance`]: whose file a part is
//! * [`store`]: what STOW-RS is sent, and what it answers
#![forbid(unsafe_code)]

pub mod address;
pub mod instance;
pub mod matches;
pub mod multipart;
pub mod service;
pub mod store;

pub use address::{Link, Query, is_resource, is_uid};
pub use matches::{Instance, Matches, SeriesRow, StudyRow};
pub use multipart::{Broken, Parts};
pub use service::Service;
pub use store::{Outcome, Sent};
