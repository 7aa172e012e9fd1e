//! What was measured: on the pictures, and as a list.

use super::toolbar::Buttons;
use crate::commands::Group;
use crate::desk::Desk;
use crate::marks::Mark;
use crate::screen::{self, Placement};
use crate::words;
use leptos::prelude::*;
use volume::{Cut, DVec3, Outline, Plane, Region};

/// Corners of what an ellipse is drawn as.
const CORNERS: usize = 64;

#[component]
pub fn MarksLayer(plane: Plane, placement: Signal<Option<Placement>>) -> impl IntoView {
    let state = Desk::at_hand().state;
    let pane = state.pane(plane);
    let cut = Memo::new(move |_| state.cut(plane));
    let marks = move || {
        let (placement, (cut, reach)) = (placement.get()?, cut.get()?);
        let (language, placed) = (state.language.get(), state.corner.with(|c| c.placed));
        let shown = state.read_marks(|marks| {
            let on = |mark: &Mark| {
                let handles = mark.on(&cut, reach)?;
                let chosen = marks.chosen == Some(mark.id);
                let text = words::mark_short(language, mark, placed);
                Some((mark.id, handles, line(mark, &cut, &placement), text, chosen))
            };
            marks.list.iter().filter_map(on).collect::<Vec<_>>()
        });
        let drawn = shown.into_iter().map(move |(id, handles, line, text, chosen)| {
            let places: Vec<[f64; 2]> = handles.iter().map(|&at| placement.screen(at)).collect();
            let ([x, y], ends) = screen::beside(&places, &text, pane.size.get());
            let anchor = if ends { "end" } else { "start" };
            let knobs = places.into_iter().map(|[x, y]| {
                view! { <circle cx=x.to_string() cy=y.to_string() r="4"></circle> }
            });
            view! {
                <g class="mark" class:chosen=chosen data-mark=id.to_string()>
                    <path class="shade" d=line.clone()></path>
                    <path class="line" d=line></path>
                    {knobs.collect_view()}
                    <text x=x.to_string() y=y.to_string() text-anchor=anchor>{text}</text>
                </g>
            }
        });
        Some(drawn.collect_view())
    };
    view! { <g class="marks">{marks}</g> }
}

/// The path of a mark on the screen.
fn line(mark: &Mark, cut: &Cut, placement: &Placement) -> String {
    let (places, closed) = match mark.region() {
        Some(region) => (outline(&region), true),
        None => (mark.places.clone(), false),
    };
    let points = places.into_iter().map(|place| {
        let [u, v, _] = cut.pixel(place);
        let [x, y] = placement.screen([u, v]);
        format!("{x:.1} {y:.1}")
    });
    let path = format!("M{}", points.collect::<Vec<_>>().join("L"));
    if closed { path + "Z" } else { path }
}

fn outline(region: &Region) -> Vec<DVec3> {
    let Region { outline, cut, corners: [a, b] } = region;
    let [middle, half] = [0.5, -0.5].map(|sign| [0, 1].map(|axis| a[axis] * 0.5 + b[axis] * sign));
    let at = |x: f64, y: f64| cut.place([middle[0] + half[0] * x, middle[1] + half[1] * y]);
    match outline {
        Outline::Rectangle => vec![at(1.0, 1.0), at(-1.0, 1.0), at(-1.0, -1.0), at(1.0, -1.0)],
        Outline::Ellipse => (0..CORNERS)
            .map(|n| (n as f64 / CORNERS as f64 * std::f64::consts::TAU).sin_cos())
            .map(|(sin, cos)| at(cos, sin))
            .collect(),
    }
}

#[component]
pub fn MarksPanel() -> impl IntoView {
    let desk = Desk::at_hand();
    let state = desk.state;
    let ids = Memo::new(move |_| {
        state.read_marks(|marks| marks.list.iter().map(|mark| mark.id).collect::<Vec<_>>())
    });
    let any = move || {
        ids.with(|ids| !ids.is_empty())
            || state.read_marks(|marks| marks.can_undo() || marks.can_redo())
    };
    view! {
        <Show when=any>
            <section class="panel measurements" aria-label=desk.say(words::MEASUREMENTS)>
                <header>
                    <h2>{desk.say(words::MEASUREMENTS)}</h2>
                    <Buttons group=Group::Marks/>
                </header>
                <ol>
                    <For each=move || ids.get() key=|id| *id let(id)>
                        <Row id/>
                    </For>
                </ol>
            </section>
        </Show>
    }
}

#[component]
fn Row(id: u32) -> impl IntoView {
    let desk = Desk::at_hand();
    let state = desk.state;
    let mark = Memo::new(move |_| state.read_marks(|marks| marks.get(id).cloned()));
    let told = move |tell: fn(words::Language, &Mark, bool) -> String| {
        move || {
            let (language, placed) = (state.language.get(), state.corner.with(|c| c.placed));
            mark.with(|mark| mark.as_ref().map(|mark| tell(language, mark, placed)))
        }
    };
    let name = told(|language, mark, _| words::mark_name(language, mark));
    let usual = told(|language, mark, _| words::mark_usual_name(language, mark));
    let value = told(words::mark_value);
    let window = told(|language, mark, _| words::drawn_in(language, mark.window));
    let own = move || mark.with(|mark| mark.as_ref().map(|m| m.name.clone()).unwrap_or_default());
    let chosen = move || state.read_marks(|marks| marks.chosen == Some(id));
    view! {
        <li class:chosen=chosen>
            <button
                class="row" title=desk.say(words::GO_THERE)
                aria-current=move || chosen().then_some("true")
                on:click=move |_| desk.go_to_mark(id)
            >
                <span class="row-text">
                    <b>{name}</b>
                    <span>{value}</span>
                    <span class="quiet">{window}</span>
                </span>
            </button>
            <input
                type="text" maxlength="60" placeholder=usual
                aria-label=move || words::name_of(state.language.get(), &usual().unwrap_or_default())
                prop:value=own
                on:change:target=move |event| {
                    let name = event.target().value();
                    state.change_marks(|marks| marks.rename(id, &name));
                }
            />
        </li>
    }
}
