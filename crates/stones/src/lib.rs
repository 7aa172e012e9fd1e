//! From HU to stones: what the network is shown, what its answer means, and how large a stone is.
//!
//! * [`model`]: the manifest that comes with the weights
//! * [`input`]: the planes that the network sees of a slice; [`turn`]: turned as it has learnt
//! * [`order`]: which slices come first; [`spots`]: what hangs together in one
//! * [`slice`]: the search of one slice
//! * [`candidates`]: probabilities of all slices → 3-D components
//! * [`tract`]: whether a component lies on the urinary tract
//! * [`bone`]: what is bone, and what of it is not searched
//! * [`known`]: what one report on a search leaves to the next; [`settled`]: what slices still to come can't change
//! * [`separate`]: components → stones: what belongs together, what only touches
//! * [`measure`]: sizes, HU, side and skin distance of one stone
//! * [`labels`]: stone, phlebolith, or neither for sure
//! * [`phase`]: whether a contrast agent shows
//! * [`section`]: where a mask crosses a plane
//! * [`kub`]: the whole tract at a glance
//! * [`drawn`]: what a person has drawn, as a finding among the model's
//! * [`findings`]: what is printed and kept; [`loaded`]: what was kept, and what others found
#![forbid(unsafe_code)]

pub mod bone;
pub mod candidates;
pub mod drawn;
pub mod findings;
pub mod input;
pub mod known;
pub mod kub;
pub mod labels;
pub mod loaded;
pub mod measure;
pub mod model;
pub mod order;
pub mod phase;
pub mod search;
pub mod section;
mod separate;
mod settled;
pub mod slice;
mod spots;
pub mod tract;
pub mod turn;

pub use bone::Skeleton;
pub use candidates::{Candidate, ProbabilityMap};
pub use findings::{Findings, Stone};
pub use input::{Crop, Planes};
pub use known::{Known, Measured};
pub use kub::Kub;
pub use measure::Acquisition;
pub use model::Manifest;
pub use order::order;
pub use search::{Context, measured, report};
pub use section::Section;
pub use slice::{Answer, Extent, Question};
pub use tract::Tract;
pub use turn::Turn;
