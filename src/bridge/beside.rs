//! The bridge to a second study beside the first: its own workers, and files that the first one lends.

use super::{Bridge, Inner};
use crate::state::State;
use leptos::prelude::*;
use volume::DVec3;
use wasm_bindgen::JsValue;
use workers::messages::ToStudy;

/// It is looked at, and nobody waits for it alone: the first study's workers are to go on.
const DECODERS: usize = 1;

impl Bridge {
    /// The bridge to a study of one series of this one's files.
    pub fn beside(&self, state: State, series: usize) -> Self {
        let (lender, bridge) = (self.inner(), Self::with_crews(state, DECODERS, 0));
        let inner = bridge.inner();
        *inner.program.borrow_mut() = lender.program.borrow().clone();
        *inner.decoder.borrow_mut() = lender.decoder.borrow().clone();
        state.open.set(true);
        inner.start_study();
        *lender.borrower.borrow_mut() = Some(inner);
        lender.post(ToStudy::Lend { series }, &[], &[]);
        bridge
    }

    /// Moves all planes to where those of the study beside have gone.
    pub fn follow(&self, place: DVec3) {
        let inner = self.inner();
        inner.state.forget_asked();
        inner.post(ToStudy::Go { place }, &[], &[]);
    }

    /// Ends the workers, which gives their memory back.
    pub fn end(&self) {
        let inner = self.inner();
        inner.line.borrow_mut().end();
        inner.decoders.borrow_mut().dismiss();
    }
}

impl Inner {
    /// Files that were asked for have come.
    pub(super) fn lend(&self, paths: Vec<String>, files: &[JsValue]) {
        if let Some(borrower) = self.borrower.take() {
            borrower.post(ToStudy::Open { paths, more: false }, files, &[]);
        }
    }
}
