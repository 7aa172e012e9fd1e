//! Over a picture, in screen pixels: crosshair, boxes, orientation letters, scale bar.

use crate::desk::Desk;
use crate::screen::{self, Placement};
use leptos::prelude::*;
use volume::Plane;
use workers::messages::StoneBox;

/// Half the gap of the crosshair, so that what lies at the crossing is seen.
const GAP: f64 = 16.0;

#[component]
pub fn Overlay(plane: Plane, placement: Signal<Option<Placement>>) -> impl IntoView {
    view! {
        <svg class="overlay" aria-hidden="true">
            <Crosshair plane placement/>
            <Boxes plane placement/>
            <ScaleBar plane placement/>
        </svg>
        <Letters plane/>
    }
}

#[component]
fn Crosshair(plane: Plane, placement: Signal<Option<Placement>>) -> impl IntoView {
    let state = Desk::at_hand().state;
    let pane = state.pane(plane);
    let place = move || {
        if !state.crosshair.get() {
            return None;
        }
        let placement = placement.get()?;
        pane.painted.with(|painted| Some(placement.screen(painted.as_ref()?.crosshair)))
    };
    move || {
        place().map(|[x, y]| {
            const FAR: f64 = 10_000.0;
            let lines = format!(
                "M{x} {} V{} M{x} {} V{FAR} M{} {y} H{} M{} {y} H{FAR}",
                -FAR,
                y - GAP,
                y + GAP,
                -FAR,
                x - GAP,
                x + GAP,
            );
            view! { <path class="crosshair" d=lines></path> }
        })
    }
}

#[component]
fn Boxes(plane: Plane, placement: Signal<Option<Placement>>) -> impl IntoView {
    let state = Desk::at_hand().state;
    let pane = state.pane(plane);
    let boxes = move || {
        let placement = placement.get()?;
        let boxes = pane.painted.with(|painted| painted.as_ref().map(|p| p.boxes.clone()))?;
        Some(boxes.into_iter().map(move |of| frame(placement, of)).collect_view())
    };
    view! { <g class="boxes">{boxes}</g> }
}

/// Four corner brackets and the number: told apart by shape, not by colour alone.
fn frame(placement: Placement, of: StoneBox) -> impl IntoView {
    let [left, top, width, height] = screen::frame(&placement, of.min, of.max);
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
    let pointed = Desk::at_hand().state.pointed;
    let lit = move || pointed.get() == Some(of.stone);
    view! {
        <g class="box" class:lit=lit data-stone=of.stone.to_string()>
            <path class="shade" d=brackets.clone()></path>
            <path class="line" d=brackets></path>
            <text x=(right + 4.0).to_string() y=(top + 10.0).to_string()>{number}</text>
        </g>
    }
}

#[component]
fn Letters(plane: Plane) -> impl IntoView {
    let pane = Desk::at_hand().state.pane(plane);
    let letters = Signal::derive(move || {
        pane.card.with(|card| card.as_ref().map(|card| card.letters.clone()).unwrap_or_default())
    });
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
