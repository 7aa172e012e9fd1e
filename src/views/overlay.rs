//! Over a picture, in screen pixels: crosshair, boxes, orientation letters, scale bar.

use super::brush::BrushLayer;
use super::marks::MarksLayer;
use super::viewport::class;
use crate::desk::Desk;
use crate::screen::{self, CROSSHAIR_GAP as GAP, KNOB, Placement};
use leptos::prelude::*;
use volume::Plane;
use workers::messages::StoneBox;

#[component]
pub fn Overlay(plane: Plane, placement: Signal<Option<Placement>>) -> impl IntoView {
    view! {
        <svg class="overlay" aria-hidden="true">
            <Crosshair plane placement/>
            <Boxes plane placement/>
            <MarksLayer plane placement/>
            <BrushLayer plane placement/>
            <ScaleBar plane placement/>
        </svg>
        <Letters plane/>
    }
}

#[component]
fn Crosshair(plane: Plane, placement: Signal<Option<Placement>>) -> impl IntoView {
    let state = Desk::at_hand().state;
    let pane = state.pane(plane);
    let crossing = Memo::new(move |_| {
        let placement = placement.get()?;
        pane.painted.with(|painted| Some(placement.screen(painted.as_ref()?.crosshair)))
    });
    let lines = Memo::new(move |_| {
        let shown = state.crosshair.get() && crossing.with(Option::is_some);
        pane.painted.with(|painted| painted.as_ref().filter(|_| shown).map(|p| p.lines))
    });
    // It moves as a whole: its lines are drawn anew only when they turn.
    let moved = move || crossing.get().map(|[x, y]| format!("translate({x:.1} {y:.1})"));
    let others = Plane::ALL.into_iter().filter(move |other| *other != plane);
    let drawn = move || {
        let others = others.clone();
        let line = |(of, way)| view! { <Line of way/> };
        lines.get().map(|lines| others.zip(lines).map(line).collect_view())
    };
    view! { <g transform=moved>{drawn}</g> }
}

/// Where another plane crosses, seen from the crossing, and the knobs that turn it.
#[component]
fn Line(of: Plane, way: [f64; 2]) -> impl IntoView {
    const FAR: f64 = 10_000.0;
    let at = |far: f64| way.map(|along| along * far);
    let arm = |from: f64, to: f64| {
        let ([x, y], [to_x, to_y]) = (at(from), at(to));
        format!("M{x:.1} {y:.1}L{to_x:.1} {to_y:.1}")
    };
    let arms = arm(-FAR, -GAP) + &arm(GAP, FAR);
    let class = format!("crosshair {}", class(of));
    let knobs = [-KNOB, KNOB].map(|far| {
        let [x, y] = at(far);
        view! { <circle class=class.clone() cx=x.to_string() cy=y.to_string() r="5"></circle> }
    });
    view! {
        <path class=class.clone() d=arms></path>
        {knobs.into_iter().collect_view()}
    }
}

#[component]
fn Boxes(plane: Plane, placement: Signal<Option<Placement>>) -> impl IntoView {
    let state = Desk::at_hand().state;
    let pane = state.pane(plane);
    let shown = Memo::new(move |_| {
        pane.painted.with(|painted| painted.as_ref().map(|p| p.boxes.clone()).unwrap_or_default())
    });
    let boxes = move || {
        let placement = placement.get().filter(|_| !state.peek.get())?;
        let per_mm = placement.per_mm(pane.camera.get());
        Some(shown.get().into_iter().map(move |of| frame(placement, per_mm, of)).collect_view())
    };
    view! { <g class="boxes">{boxes}</g> }
}

/// Four corner brackets and the number: told apart by shape, not by colour alone.
fn frame(placement: Placement, per_mm: f64, of: StoneBox) -> impl IntoView {
    let [left, top, width, height] = screen::frame(&placement, per_mm, of.min, of.max);
    let (right, bottom) = (left + width, top + height);
    let arm = (width.min(height) / 3.0).clamp(6.0, 18.0);
    let brackets = format!(
        "M{left} {} V{top} H{} M{} {top} H{right} V{} M{right} {} V{bottom} H{} M{} {bottom} H{left} V{}",
        top + arm,
        left + arm,
        right - arm,
        top + arm,
        bottom - arm,
        right - arm,
        left + arm,
        bottom - arm,
    );
    let number = of.stone.to_string();
    let [r, g, b] = of.rgb;
    let rgb = format!("rgb({r} {g} {b})");
    let pointed = Desk::at_hand().state.pointed;
    let lit = move || pointed.get() == Some(of.stone);
    let stretch = |[from, to]: [[f64; 2]; 2]| {
        let ([x, y], [to_x, to_y]) = (placement.screen(from), placement.screen(to));
        format!("M{x:.2} {y:.2}L{to_x:.2} {to_y:.2}")
    };
    let border: String = of.border.into_iter().map(stretch).collect();
    view! {
        <path class="border" data-stone=number.clone() d=border style:stroke=rgb></path>
        <g class="box" class:lit=lit data-stone=number.clone()>
            <path class="shade" d=brackets.clone()></path>
            <path class="line" d=brackets></path>
            <text x=(right + 4.0).to_string() y=(top + 10.0).to_string()>{number.clone()}</text>
        </g>
    }
}

#[component]
fn Letters(plane: Plane) -> impl IntoView {
    let pane = Desk::at_hand().state.pane(plane);
    let letters =
        Signal::derive(move || pane.lies(|card| card.letters.clone()).unwrap_or_default());
    view! {
        <span class="letter left">{move || letters.get().left}</span>
        <span class="letter right">{move || letters.get().right}</span>
        <span class="letter top">{move || letters.get().top}</span>
        <span class="letter bottom">{move || letters.get().bottom}</span>
    }
}

/// A length that reads well at this magnification, at the lower edge.
#[component]
fn ScaleBar(plane: Plane, placement: Signal<Option<Placement>>) -> impl IntoView {
    const LENGTHS_MM: [f64; 6] = [100.0, 50.0, 20.0, 10.0, 5.0, 2.0];
    const LONGEST: f64 = 130.0;
    let state = Desk::at_hand().state;
    let pane = state.pane(plane);
    let bar = move || {
        if !state.corner.with(|corner| corner.placed) {
            return None;
        }
        let per_mm = placement.get()?.per_mm(pane.camera.get());
        LENGTHS_MM.into_iter().map(|mm| (mm, mm * per_mm)).find(|(_, pixels)| *pixels <= LONGEST)
    };
    move || {
        bar().map(|(mm, pixels)| {
            let half = pixels / 2.0;
            let ends = format!("M{} -5 v5 h{pixels} v-5", -half);
            view! {
                <svg class="scale" x="50%" y="100%" overflow="visible">
                    <g transform="translate(0 -26)">
                        <path d=ends></path>
                        <text y="-8" text-anchor="middle">{format!("{mm} mm")}</text>
                    </g>
                </svg>
            }
        })
    }
}
