//! The panel of labelling: what is drawn with, on which finding, and what it is.

use super::keeping::KeepChoice;
use super::toolbar::Buttons;
use crate::commands::{Command, Group};
use crate::desk::Desk;
use crate::labelling::{Hand, Labelling};
use crate::number::number;
use crate::state::Tool;
use crate::words::{self, Text};
use leptos::prelude::*;
use stones::findings::Kind;
use workers::messages::{Draw, Remark};

#[component]
pub fn LabellingPanel() -> impl IntoView {
    let desk = Desk::at_hand();
    let state = desk.state;
    let labels = move || state.tool.get() == Tool::Label && state.showing.with(Option::is_some);
    view! {
        <Show when=labels>
            <section class="panel labelling" aria-label=desk.say(words::LABELLING)>
                <h2>{desk.say(words::LABELLING)}</h2>
                <Buttons group=Group::Hands/>
                <Settings/>
                <Target/>
                <Acts/>
                <KeepChoice/>
            </section>
        </Show>
    }
}

/// A number that a person sets.
#[component]
fn Number(
    name: Text,
    min: &'static str,
    max: &'static str,
    step: &'static str,
    value: Signal<f64>,
    set: Callback<f64>,
) -> impl IntoView {
    let desk = Desk::at_hand();
    view! {
        <label class="field">
            <span>{desk.say(name)}</span>
            <input
                type="number" min=min max=max step=step
                prop:value=move || value.get().to_string()
                on:change:target=move |event| {
                    if let Some(number) = number(&event.target().value()) {
                        set.run(number);
                    }
                }
            />
        </label>
    }
}

/// Of the hand that is chosen.
#[component]
fn Settings() -> impl IntoView {
    let desk = Desk::at_hand();
    let Labelling { hand, solid, mm, hu, reach_mm, .. } = desk.state.labelling;
    let bounded = |value: f64| value.round().clamp(-1024.0, 3071.0) as i16;
    let low = move |value: f64| hu.update(|hu| hu[0] = bounded(value));
    let high = move |value: f64| hu.update(|hu| hu[1] = bounded(value));
    let strokes = move || matches!(hand.get(), Hand::Brush | Hand::Eraser);
    view! {
        <div class="settings">
            <Show when=strokes>
                <Number
                    name=words::BRUSH_MM min="0.5" max="60" step="0.5" value=mm.into()
                    set=Callback::new(move |value| desk.set_brush_mm(value))
                />
                <label class="check">
                    <input
                        type="checkbox" prop:checked=move || solid.get()
                        on:change:target=move |event| solid.set(event.target().checked())
                    />
                    {desk.say(words::SOLID)}
                </label>
            </Show>
            <Show when=move || hand.get() == Hand::Grow>
                <Number
                    name=words::HU_FROM min="-1024" max="3071" step="10"
                    value=Signal::derive(move || f64::from(hu.get()[0])) set=Callback::new(low)
                />
                <Number
                    name=words::HU_TO min="-1024" max="3071" step="10"
                    value=Signal::derive(move || f64::from(hu.get()[1])) set=Callback::new(high)
                />
                <Number
                    name=words::REACH_MM min="1" max="60" step="1" value=reach_mm.into()
                    set=Callback::new(move |value: f64| reach_mm.set(value.clamp(1.0, 60.0)))
                />
            </Show>
        </div>
        <p class="quiet small">{move || words::hand_note(hand.get()).to(desk.state.language.get())}</p>
    }
}

/// What is drawn on, and what the person says of it.
#[component]
fn Target() -> impl IntoView {
    let desk = Desk::at_hand();
    let state = desk.state;
    let told = state.labelling.told;
    let target = move || told.with(|told| told.target);
    let ids = Memo::new(move |_| desk.listed(true));
    let choose = move |value: String| {
        let stone: Option<u32> = value.parse().ok();
        desk.bridge.draw(Draw::Target { stone });
        if let Some(stone) = stone {
            desk.go_to_finding(stone);
        }
    };
    let options = move || {
        let name = move |id: u32| move || words::finding_short(state.language.get(), id);
        ids.get()
            .into_iter()
            .map(|id| {
                let selected = move || target() == Some(id);
                view! { <option value=id.to_string() selected=selected>{name(id)}</option> }
            })
            .collect_view()
    };
    let kinds = Kind::ALL.into_iter().enumerate().map(|(at, kind)| {
        let selected = move || desk.kind_drawn() == kind;
        view! {
            <option value=at.to_string() selected=selected>{desk.say(words::kind_drawn(kind))}</option>
        }
    });
    let set_kind = move |at: String| {
        let kind = at.parse().ok().and_then(|at: usize| Kind::ALL.get(at)).copied();
        desk.describe(|about| (about.kind, about.rgb) = (kind, None));
    };
    let rgb = move || {
        let [r, g, b] = told.with(|t| t.about.rgb).unwrap_or(desk.kind_drawn().rgb());
        format!("#{r:02x}{g:02x}{b:02x}")
    };
    let set_rgb = move |value: String| {
        let part = |at: usize| u8::from_str_radix(value.get(at..at + 2)?, 16).ok();
        if let (Some(r), Some(g), Some(b)) = (part(1), part(3), part(5)) {
            desk.describe(|about| about.rgb = Some([r, g, b]));
        }
    };
    let drawn = move || {
        let id = target()?;
        let drawn = state.found.with(|f| f.as_ref()?.stone(id)?.drawn.clone())?;
        Some(words::drawn_parts(state.language.get(), &drawn))
    };
    view! {
        <div class="settings">
            <label class="field">
                <span>{desk.say(words::DRAW_ON)}</span>
                <select on:change:target=move |event| choose(event.target().value())>
                    <option value="" selected=move || target().is_none()>
                        {desk.say(words::NEW_LABEL)}
                    </option>
                    {options}
                </select>
            </label>
            <label class="field">
                <span>{desk.say(words::KIND)}</span>
                <select on:change:target=move |event| set_kind(event.target().value())>
                    {kinds.collect_view()}
                </select>
            </label>
            <label class="field">
                <span>{desk.say(words::NAME)}</span>
                <input
                    type="text" maxlength="60" prop:value=move || told.with(|t| t.about.name.clone())
                    on:change:target=move |event| {
                        let name = event.target().value().trim().to_owned();
                        desk.describe(|about| about.name = name);
                    }
                />
            </label>
            <label class="field">
                <span>{desk.say(words::COLOUR)}</span>
                <input
                    type="color" prop:value=rgb
                    on:change:target=move |event| set_rgb(event.target().value())
                />
            </label>
        </div>
        <p class="small" role="status">{drawn}</p>
    }
}

#[component]
fn Acts() -> impl IntoView {
    let desk = Desk::at_hand();
    let state = desk.state;
    let told = state.labelling.told;
    let drawn = move || {
        let id = told.with(|told| told.target)?;
        state.found.with(|f| f.as_ref()?.stone(id)?.drawn.is_some().then_some(id))
    };
    let remark = move || {
        let remark = told.with(|told| told.remark)?;
        let text = match remark {
            Remark::SeedOutside => words::SEED_OUTSIDE,
            Remark::CutOff => words::CUT_OFF,
            Remark::NotYet => words::NOT_YET,
        };
        Some(view! { <p class="limit" role="status">{desk.say(text)}</p> })
    };
    view! {
        {remark}
        <div class="acts">
            <button
                disabled=move || !desk.takes_back(false)
                on:click=move |_| desk.run(Command::Undo)
            >
                {desk.say(words::UNDO)}
            </button>
            <button
                disabled=move || !desk.takes_back(true)
                on:click=move |_| desk.run(Command::Redo)
            >
                {desk.say(words::REDO)}
            </button>
            <button
                disabled=move || drawn().is_none()
                on:click=move |_| {
                    if let Some(stone) = untrack(drawn) {
                        desk.bridge.draw(Draw::Remove { stone });
                    }
                }
            >
                {desk.say(words::REMOVE_LABEL)}
            </button>
        </div>
        <p class="quiet small">
            {move || desk.say(match (state.labelling.kept.get().on, told.with(|told| told.unsaved)) {
                (true, _) => words::LABELS_KEPT,
                (false, true) => words::LABELS_UNSAVED,
                (false, false) => words::LABELS_SAVE,
            })()}
        </p>
        <p class="quiet small">{desk.say(words::TRUTH_NOTE)}</p>
    }
}
