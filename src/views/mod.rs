//! What a person sees: the page, put together from its parts.

mod badges;
mod brush;
mod copy;
mod corners;
mod depth;
mod facts;
mod findings;
mod footer;
mod hardware;
mod help;
mod icon;
mod inputs;
mod keeping;
mod keyboard;
mod labelling;
mod layout_control;
mod marks;
mod model_choice;
mod more;
mod not_loaded;
mod notes;
mod overlay;
mod pacs;
mod preflight;
mod prior;
mod progress;
mod reading;
mod review;
mod saving;
mod sending;
mod series;
mod slices;
mod summary;
mod tags;
mod threshold;
mod thumbnail;
mod toolbar;
mod trust;
mod viewport;
mod welcome;
mod window_control;
mod worth;

use crate::cine;
use crate::desk::Desk;
use crate::labelling as drawing;
use crate::memory;
use facts::FactsPanel;
use findings::FindingsPanel;
use footer::Footer;
use help::HelpSheet;
use inputs::{DropArea, FileInputs};
use labelling::LabellingPanel;
use leptos::prelude::*;
use marks::MarksPanel;
use not_loaded::NotLoadedPanel;
use notes::{FailureNote, WarningsPanel};
use pacs::PacsSheet;
use preflight::PreflightSheet;
use prior::PriorRoom;
use progress::ProgressBar;
use reading::Reading;
use sending::SendSheet;
use series::SeriesPanel;
use summary::SummarySheet;
use tags::TagSheet;
use toolbar::Toolbar;
use trust::TrustSheet;
use welcome::Welcome;

#[component]
pub fn Page() -> impl IntoView {
    let desk = Desk::new();
    provide_context(desk);
    keyboard::listen(desk);
    desk.bridge.watch_requests();
    cine::run(desk);
    drawing::guard(desk.state);
    desk.bridge.boot();
    Effect::new(move || {
        let language = desk.state.language.get().code();
        let root = web_sys::window().and_then(|w| w.document()?.document_element());
        if let Some(root) = root {
            // An attribute of a fixed name is always accepted.
            let _ = root.set_attribute("lang", language);
        }
    });
    Effect::new(move || memory::keep_choices(&desk.state.choices()));
    Effect::new(move || desk.state.bound.with(memory::keep_keys));
    view! {
        <FileInputs/>
        <DropArea>
            <Toolbar/>
            <FailureNote/>
            <Show when=move || desk.state.reads() fallback=|| view! { <Welcome/> }>
                <div
                    class="room"
                    class:wide=move || !desk.state.side.get()
                    class:compared=move || desk.state.prior.series.get().is_some()
                >
                    <Reading/>
                    <For each=move || desk.state.prior.series.get() key=|series| *series let:series>
                        <PriorRoom series/>
                    </For>
                    <aside class="panels" hidden=move || !desk.state.side.get()>
                        <FactsPanel/>
                        <LabellingPanel/>
                        <FindingsPanel/>
                        <MarksPanel/>
                        <WarningsPanel/>
                        <SeriesPanel/>
                        <NotLoadedPanel/>
                    </aside>
                </div>
            </Show>
            <div class="below">
                <ProgressBar/>
                <Footer/>
            </div>
        </DropArea>
        <PreflightSheet/>
        <PacsSheet/>
        <SendSheet/>
        <SummarySheet/>
        <HelpSheet/>
        <TrustSheet/>
        <TagSheet/>
    }
}
