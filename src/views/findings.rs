//! What the model found: one row for each stone, and what was not looked at.

use super::copy::CopyButton;
use super::hardware::HardwareChoice;
use super::keeping::KeptOffer;
use super::model_choice::ModelChoice;
use super::review::{Review, Undo};
use super::saving::SaveMenu;
use super::threshold::ThresholdSlider;
use super::worth::Worth;
use crate::commands::Command;
use crate::desk::Desk;
use crate::number::rounded;
use crate::state::Order;
use crate::words::{self, Language, Text};
use leptos::prelude::*;
use stones::findings::{Hand, Label, Side};
use stones::{Findings, Stone};

#[component]
pub fn FindingsPanel() -> impl IntoView {
    let desk = Desk::at_hand();
    let state = desk.state;
    let searched = Memo::new(move |_| state.found.with(Option::is_some));
    let unsearched = move || {
        let searches = move || state.busy.get().is_some_and(|busy| busy.searches());
        let text = move || if searches() { words::PREPARING } else { words::NOT_PREDICTED };
        view! { <p class="quiet">{move || desk.say(text())()}</p> }
    };
    view! {
        <section class="panel findings" aria-label=desk.say(words::FINDINGS)>
            <h2>{desk.say(words::FINDINGS)}</h2>
            <KeptOffer/>
            <Show when=move || searched.get() fallback=unsearched>
                <FoundList/>
            </Show>
            <SaveMenu/>
            <HardwareChoice/>
            <ModelChoice/>
        </section>
    }
}

/// The rows stay where they are while the search goes on and its reports come in.
#[component]
fn FoundList() -> impl IntoView {
    let desk = Desk::at_hand();
    let state = desk.state;
    let ids = Memo::new(move |_| desk.listed(true));
    let rejected = Memo::new(move |_| desk.listed(false));
    let by_person = Memo::new(move |_| {
        let rejected = |stone: &Stone| stone.review == Some(Label::Rejected);
        state.found.with(|found| found.iter().flat_map(|f| &f.findings.stones).any(rejected))
    });
    let by_model = Memo::new(move |_| {
        state.found.with(|found| found.iter().any(|f| !f.findings.model.name.is_empty()))
    });
    let count = Memo::new(move |_| ids.with(Vec::len));
    let all = Memo::new(move |_| count.get() + rejected.with(Vec::len));
    let any = move || count.get() > 0;
    view! {
        <Worth/>
        <div class="list-head">
            <Show when=any>
                <label class="check">
                    <input
                        type="checkbox"
                        prop:checked=move || !state.all_hidden.get()
                        on:change=move |_| desk.run(Command::VisibleAll)
                    />
                    {desk.say(words::VISIBLE)}
                </label>
            </Show>
            <Show when=move || { all.get() > 1 }>
                <OrderChoice/>
            </Show>
            <Undo/>
        </div>
        <Show when=move || by_model.get()>
            <ThresholdSlider/>
        </Show>
        <ol class="stones">
            <For each=move || ids.get() key=|id| *id let(id)>
                <StoneRow id/>
            </For>
        </ol>
        <Show when=move || rejected.with(|ids| !ids.is_empty())>
            // What a person has just rejected is to be seen where it went.
            <details class="rejected" prop:open=move || by_person.get()>
                <summary>
                    {move || words::rejected(state.language.get(), rejected.with(Vec::len))}
                </summary>
                <ol class="stones">
                    <For each=move || rejected.get() key=|id| *id let(id)>
                        <StoneRow id/>
                    </For>
                </ol>
            </details>
        </Show>
        <Show when=move || any() && by_model.get()>
            <p class="quiet small">{desk.say(words::SCORE_NOTE)}</p>
        </Show>
        <Show when=move || by_model.get()>
            <ModelCard/>
        </Show>
    }
}

#[component]
fn OrderChoice() -> impl IntoView {
    const ORDERS: [(Order, Text); 4] = [
        (Order::Size, words::BY_SIZE),
        (Order::Place, words::BY_PLACE),
        (Order::Density, words::BY_DENSITY),
        (Order::Score, words::BY_SCORE),
    ];
    let desk = Desk::at_hand();
    let order = desk.state.order;
    let choose = move |at: String| {
        if let Some((chosen, _)) = at.parse().ok().and_then(|at: usize| ORDERS.get(at)) {
            order.set(*chosen);
        }
    };
    let options = ORDERS.into_iter().enumerate().map(|(at, (each, name))| {
        let selected = move || order.get() == each;
        view! { <option value=at.to_string() selected=selected>{desk.say(name)}</option> }
    });
    view! {
        <label class="field">
            <span>{desk.say(words::SORT_BY)}</span>
            <select on:change:target=move |event| choose(event.target().value())>
                {options.collect_view()}
            </select>
        </label>
    }
}

#[component]
fn StoneRow(id: u32) -> impl IntoView {
    let desk = Desk::at_hand();
    let state = desk.state;
    let stone = Memo::new(move |_| {
        state.found.with(|found| found.as_ref().and_then(|found| found.stone(id)).cloned())
    });
    let is = move |told: fn(&Stone) -> bool| stone.with(|stone| stone.as_ref().is_some_and(told));
    let marked = move || is(Stone::is_shown);
    let may_be_phlebolith = move || is(|stone| stone.phlebolith_score.is_some());
    let point = move |on: bool| {
        state.pointed.update(|pointed| match on {
            true => *pointed = Some(id),
            false if *pointed == Some(id) => *pointed = None,
            false => {}
        });
    };
    let told = move |tell: fn(&Stone) -> String| {
        Signal::derive(move || stone.with(|stone| stone.as_ref().map(tell).unwrap_or_default()))
    };
    let chosen = move || state.chosen.get() == Some(id);
    let visible = move || !state.hidden.with(|hidden| hidden.contains(&id));
    let title = move || {
        let by = stone.with(|s| s.as_ref().and_then(|s| s.drawn.as_ref().map(|drawn| drawn.by)));
        match by {
            None => words::finding(state.language.get(), id),
            Some(by) => words::drawn_finding(state.language.get(), id, by == Hand::Corrected),
        }
    };
    let place = move || {
        let at = state.slice_of(id);
        stone.with(|stone| stone.as_ref().map(|s| place(s, at, state.language.get())))
    };
    let limits = move || {
        let words =
            stone.with(|stone| stone.as_ref().map(|s| s.limits.clone())).unwrap_or_default();
        let limit = |word: String| {
            view! { <span class="limit">{desk.say(words::limit(&word))}</span> }
        };
        words.into_iter().map(limit).collect_view()
    };
    let copied = move |tell: fn(Language, &Stone) -> String| {
        move || {
            let language = state.language.get_untracked();
            stone.with_untracked(|stone| stone.as_ref().map(|stone| tell(language, stone)))
        }
    };
    let name = move |text: Text| Signal::derive(move || desk.say(text)().to_owned());
    let copy_name = Signal::derive(move || words::copy_sentence(state.language.get(), id));
    view! {
        <li
            class:chosen=chosen class:unseen=move || !visible()
            on:mouseenter=move |_| point(true) on:mouseleave=move |_| point(false)
            on:focusin=move |_| point(true) on:focusout=move |_| point(false)
        >
            <button
                class="row" aria-current=move || chosen().then_some("true")
                on:click=move |_| desk.go_to_finding(id)
            >
                <span class="number" aria-hidden="true">{id}</span>
                <span class="row-text">
                    <b>{title}</b>
                    <span class="quiet">{place}</span>
                </span>
            </button>
            <Show when=marked>
                <label class="check" title=desk.say(words::VISIBLE_ONE)>
                    <input
                        type="checkbox"
                        aria-label=move || words::visible(state.language.get(), id)
                        prop:checked=visible
                        on:change:target=move |event| desk.show_one(id, event.target().checked())
                    />
                </label>
            </Show>
            <div class="measures">
                <dl>
                    <Measure name=words::DIAMETER value=told(diameter)/>
                    <Measure name=words::SHORT_AXIS value=told(|s| shown(s.short_axis_mm, 1, "mm"))/>
                    <Measure name=words::CRANIOCAUDAL value=told(craniocaudal)/>
                    <Measure name=words::VOLUME value=told(|s| shown(s.volume_mm3, 0, "mm³"))/>
                    <Measure name=words::HU_MEAN value=told(|s| shown(s.hu_mean, 0, ""))/>
                    <Measure name=words::HU_MAX value=told(|s| shown(s.hu_max, 0, ""))/>
                    <Measure name=words::HU_RIM value=told(|s| shown(s.rim_hu, 0, ""))/>
                    <Measure name=words::SCORE value=told(|s| shown(s.probability, 2, ""))/>
                    <Measure name=words::TRACT_SCORE value=told(|s| shown(s.tract_score, 2, ""))/>
                    <Show when=may_be_phlebolith>
                        <Measure
                            name=words::PHLEBOLITH_SCORE
                            value=told(|s| shown(s.phlebolith_score, 2, ""))
                        />
                    </Show>
                </dl>
                {limits}
                <Review id stone/>
                <div class="copies">
                    <CopyButton
                        name=name(words::COPY_PLACE) title=name(words::COPY_PLACE_NOTE)
                        text=copied(find_again)
                    />
                    <CopyButton
                        name=name(words::COPY_SENTENCE) label=copy_name
                        text=copied(words::sentence)
                    />
                </div>
            </div>
        </li>
    }
}

#[component]
fn Measure(name: Text, value: Signal<String>) -> impl IntoView {
    let desk = Desk::at_hand();
    view! { <div><dt>{desk.say(name)}" "</dt><dd>{move || value.get()}</dd></div> }
}

/// "left · slice 41 · z −123.5 mm", and the label where it is not plainly a stone. `at` is the slice of its pane.
fn place(stone: &Stone, at: Option<usize>, language: Language) -> String {
    let side = stone.side.map(side);
    let why = (stone.label == Label::Rejected && stone.review.is_none()).then(|| match stone {
        stone if stone.is_off_tract() => words::OFF_TRACT,
        _ => words::PART_OF_BONE,
    });
    let label = words::called(stone).or(why);
    let mut parts: Vec<String> =
        [label, side].into_iter().flatten().map(|text| text.to(language).to_owned()).collect();
    let name = stone.drawn.as_ref().map(|drawn| drawn.name.clone());
    parts.extend(name.filter(|name| !name.is_empty()));
    parts.extend(stone.level.map(|level| words::level(level).to(language).to_owned()));
    parts.extend(words::slice_at(language, at, stone.find_again.instance_number));
    parts.extend(stone.center_mm.map(|[_, _, z]| format!("z {} mm", rounded(z, 1))));
    parts.join(" · ")
}

/// The line that finds it again in any viewer: "S3 I212 (x,y)=(301,244) LPS=(-48.2, 31.0, -612.5) left 5.2 ± 0.3 mm".
fn find_again(language: Language, stone: &Stone) -> String {
    let again = &stone.find_again;
    let mut parts: Vec<String> = Vec::new();
    parts.extend(again.series_number.map(|n| format!("S{n}")));
    parts.extend(again.instance_number.map(|n| format!("I{n}")));
    parts.extend(again.pixel.map(|[x, y]| format!("(x,y)=({x},{y})")));
    let place = |mm: [f64; 3]| format!("LPS=({})", mm.map(|mm| rounded(mm, 1)).join(", "));
    parts.extend(stone.center_mm.map(place));
    let side = stone.side.map(side).into_iter();
    let place = side.chain(stone.level.map(words::level));
    parts.extend(place.map(|text| text.to(language).to_owned()));
    parts.push(diameter(stone));
    parts.join(" ")
}

fn side(side: Side) -> Text {
    match side {
        Side::Left => words::LEFT,
        Side::Right => words::RIGHT,
        Side::Midline => words::MIDLINE,
    }
}

pub fn shown(value: Option<f64>, decimals: usize, unit: &str) -> String {
    match value {
        Some(value) => format!("{} {unit}", rounded(value, decimals)).trim_end().to_owned(),
        None => "–".into(),
    }
}

pub fn diameter(stone: &Stone) -> String {
    sized(stone, "resolution_limit", stone.max_axial_diameter_mm, stone.error_mm.axial)
}

pub fn craniocaudal(stone: &Stone) -> String {
    sized(stone, "craniocaudal_limit", stone.craniocaudal_mm, stone.error_mm.craniocaudal)
}

/// With its band; "≤" where a limit says that it is a bound.
fn sized(stone: &Stone, limit: &str, mm: Option<f64>, band: Option<f64>) -> String {
    let bound = stone.limits.iter().any(|word| word == limit);
    match (mm, band) {
        // Rounded, a bound would not be one.
        (Some(mm), _) if bound => format!("≤ {mm} mm"),
        (Some(mm), Some(band)) => format!("{mm:.1} ± {band:.1} mm"),
        (mm, _) => shown(mm, 1, "mm"),
    }
}

#[component]
fn ModelCard() -> impl IntoView {
    let desk = Desk::at_hand();
    let told = move |tell: fn(&Findings) -> String| {
        move || desk.state.found.with(|found| found.as_ref().map(|found| tell(&found.findings)))
    };
    let name = told(|f| format!("{} {} · ≥ {:.2}", f.model.name, f.model.version, f.threshold));
    let validation = told(|f| f.model.validation.clone());
    let engine = move || {
        let language = desk.state.language.get();
        desk.state.found.with(|found| {
            found.as_ref().map(|found| words::engine(language, &found.findings.engine))
        })
    };
    view! {
        <dl class="model small">
            <div><dt>{desk.say(words::MODEL)}</dt><dd>{name}</dd></div>
            <div><dt>{desk.say(words::VALIDATION)}</dt><dd>{validation}</dd></div>
            <div><dt>{desk.say(words::ENGINE)}</dt><dd>{engine}</dd></div>
        </dl>
    }
}
