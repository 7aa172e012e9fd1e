//! The network's files: fetched when Predict is first pressed, kept for the next time.

use super::{Bridge, Inner};
use crate::state::Busy;
use crate::statics::Static;
use js_sys::ArrayBuffer;
use leptos::prelude::*;
use leptos::task::spawn_local;
use workers::messages::{Role, ToStudy};

#[derive(Clone)]
pub struct Model {
    manifest: String,
    weights: ArrayBuffer,
}

impl Bridge {
    /// Looks for stones in the series shown.
    pub fn predict(&self) {
        let inner = self.inner();
        let state = inner.state;
        state.failure.set(None);
        state.found.set(None);
        state.chosen.set(None);
        state.hidden.update(|hidden| hidden.clear());
        state.all_hidden.set(false);
        state.busy.set(Some(Busy::FetchingModel));
        spawn_local(async move {
            let fetched = inner.fetch_model().await;
            // Cancelled meanwhile.
            if inner.state.busy.get_untracked() != Some(Busy::FetchingModel) {
                return;
            }
            match fetched {
                Ok(Model { manifest, weights }) => {
                    if inner.searchers.borrow().is_empty() {
                        inner.enlist(Role::Infer);
                    }
                    inner.post(ToStudy::Predict, &[manifest.into(), weights.into()], &[]);
                    // The findings to come have numbers of their own.
                    inner.post(ToStudy::Visible { stone: None, visible: true }, &[], &[]);
                }
                Err(detail) => inner.fail("model_missing", detail),
            }
        });
    }
}

impl Inner {
    async fn fetch_model(&self) -> Result<Model, String> {
        let statics = self.statics.as_ref().ok_or("the page does not name its files")?;
        let kept = self.model.borrow().clone();
        let model = match kept {
            Some(model) => model,
            None => Model {
                manifest: statics.text(Static::Manifest).await?,
                weights: statics.bytes(Static::Weights).await?,
            },
        };
        *self.model.borrow_mut() = Some(model.clone());
        if !self.searchers.borrow().has_program() {
            let program = statics.compile(Static::Infer).await?;
            self.searchers.borrow_mut().set_program(program);
        }
        Ok(model)
    }
}
