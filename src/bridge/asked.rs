//! What was asked of the network since files were opened, and for whom.

use super::Bridge;
use crate::requests::{self, Asked};
use leptos::prelude::*;

/// Numbers of requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Requests {
    pub all: usize,
    /// Of them for files of the page itself, which may still come when a study is opened at once.
    pub of_page: usize,
    pub to_pacs: usize,
}

impl Bridge {
    /// Keeps account of what the page and its workers ask of the network.
    pub fn watch_requests(&self) {
        let asked = self.inner().state.asked;
        asked.set(Some(Vec::new()));
        let state = self.inner().state;
        let heard = move |new: Vec<Asked>| {
            // Those to the PACS are counted as they are made.
            let new = new.into_iter().filter(|asked| !untrack(|| state.is_of_pacs(&asked.0)));
            asked.update(|all| all.get_or_insert_default().extend(new));
        };
        if !requests::observe(heard) {
            asked.set(None);
        }
    }

    /// Requests since files were opened; `None` where nobody counts, or nothing is open.
    pub fn asked(&self) -> Option<Requests> {
        let inner = self.inner();
        let asked = inner.state.asked_since()?;
        let count = |of: &dyn Fn(&str) -> bool| asked.iter().filter(|asked| of(&asked.0)).count();
        let of_page = |address: &str| inner.statics.as_ref().is_some_and(|s| s.holds(address));
        Some(Requests {
            all: asked.len(),
            of_page: count(&of_page),
            to_pacs: count(&|address| inner.state.is_of_pacs(address)),
        })
    }
}
