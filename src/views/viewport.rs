//! One plane: the canvases that the study worker paints on, what lies over them, and the hands on it.

use super::corners::Corners;
use super::depth::DepthControl;
use super::overlay::Overlay;
use super::slices::SliceSlider;
use crate::desk::Desk;
use crate::gestures::Gestures;
use crate::screen::Placement;
use crate::state::Tool;
use crate::words;
use leptos::html;
use leptos::prelude::*;
use volume::Plane;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, PointerEvent, ResizeObserver};

#[component]
pub fn Viewport(plane: Plane) -> impl IntoView {
    let desk = Desk::at_hand();
    let state = desk.state;
    let pane = state.pane(plane);
    let gestures = StoredValue::new_local(Gestures::new(desk, plane));
    let size = pane.size;
    let glass = NodeRef::<html::Div>::new();
    watch_size(glass, size);

    let placement = Signal::derive(move || {
        let (camera, size) = (pane.camera.get(), size.get());
        pane.lies(|card| Placement::new(card, camera, size)).flatten()
    });
    let language = state.language;
    // Before there is a slice with a number, none is told.
    let numbered = Memo::new(move |_| {
        pane.painted.with(Option::is_some).then(|| (pane.index(), pane.count()))
    });
    let name = move || {
        let numbered = numbered.get();
        state.called(words::picture(language.get(), plane, numbered))
    };
    let chosen = move || state.active.get() == plane;
    let away = move || state.only().is_some_and(|only| only != plane);
    let tool = move || state.tool.get().name();

    view! {
        <section
            class=format!("pane {}", class(plane))
            class:active=chosen
            class:away=away
            aria-label=move || state.called(words::plane(plane).to(language.get()).to_owned())
        >
            <div
                class="glass" tabindex="0" node_ref=glass data-tool=tool
                on:focus=move |_| state.active.set(plane)
                on:pointerdown=move |event| {
                    capture(&event);
                    gestures.update_value(|gestures| gestures.down(&event));
                }
                on:pointermove=move |event| {
                    gestures.update_value(|gestures| gestures.moved(&event));
                }
                on:pointerup=move |event| gestures.update_value(|gestures| gestures.up(&event))
                on:pointercancel=move |event| {
                    gestures.update_value(|gestures| gestures.cancelled(&event));
                }
                on:pointerleave=move |_| {
                    state.under.set(None);
                    state.labelling.over.set(None);
                }
                on:wheel=move |event| {
                    event.prevent_default();
                    gestures.update_value(|gestures| gestures.wheel(&event));
                }
                // Two quick strokes are no wish for another view.
                on:dblclick=move |_| {
                    if state.tool.get_untracked() != Tool::Label {
                        desk.enlarge(plane);
                    }
                }
                on:contextmenu=move |event| event.prevent_default()
            >
                <Sheet plane placement name=Signal::derive(name)/>
                <Overlay plane placement/>
                <Corners plane placement/>
                <WhyNot plane/>
            </div>
            <div class="pane-foot">
                <SliceSlider plane/>
                <DepthControl plane/>
            </div>
        </section>
    }
}

/// Why there is no picture of this plane.
#[component]
fn WhyNot(plane: Plane) -> impl IntoView {
    let desk = Desk::at_hand();
    let state = desk.state;
    let missing =
        move || state.showing.get().is_some() && state.pane(plane).card.with(Option::is_none);
    let why = move || {
        let placed = state.corner.with(|corner| corner.placed);
        desk.say(if placed { words::NO_PLANE_FEW } else { words::NO_PLANE_UNPLACED })()
    };
    view! { <Show when=missing><p class="why-not">{why}</p></Show> }
}

/// The plane's own pixels. Only its place and scale are the page's.
#[component]
fn Sheet(
    plane: Plane,
    placement: Signal<Option<Placement>>,
    name: Signal<String>,
) -> impl IntoView {
    let desk = Desk::at_hand();
    let image = NodeRef::<html::Canvas>::new();
    let mask = NodeRef::<html::Canvas>::new();
    Effect::new(move || {
        if let (Some(image), Some(mask)) = (image.get(), mask.get()) {
            desk.bridge.give_canvases(plane, &image, &mask);
        }
    });
    let transform = move || {
        placement.get().map(|Placement { scale: [sx, sy], origin: [x, y], .. }| {
            format!("translate({x}px, {y}px) scale({sx}, {sy})")
        })
    };
    let pane = desk.state.pane(plane);
    let unpainted =
        move || pane.painted.with(Option::is_none) && pane.glimpse.with(Option::is_none);
    view! {
        <div class="sheet" class:unpainted=unpainted style:transform=transform>
            <canvas class="image" role="img" aria-label=name node_ref=image></canvas>
            <canvas
                class="mask" aria-hidden="true" node_ref=mask
                style:opacity=move || desk.state.fill.get().to_string()
                class:peeked=move || desk.state.peek.get()
            ></canvas>
        </div>
    }
}

pub fn class(plane: Plane) -> &'static str {
    match plane {
        Plane::Axial => "axial",
        Plane::Coronal => "coronal",
        Plane::Sagittal => "sagittal",
    }
}

/// Keeps a drag that leaves the pane; a pointer that is gone already needs no keeping.
fn capture(event: &PointerEvent) {
    if let Some(glass) = event.current_target().and_then(|t| t.dyn_into::<Element>().ok()) {
        let _ = glass.set_pointer_capture(event.pointer_id());
    }
}

fn watch_size(glass: NodeRef<html::Div>, size: RwSignal<[f64; 2]>) {
    Effect::new(move || {
        let Some(glass) = glass.get() else { return };
        let element: Element = glass.clone().unchecked_into();
        let measure = Closure::<dyn FnMut()>::new(move || {
            // The pane may be gone by now.
            size.try_set([glass.client_width() as f64, glass.client_height() as f64]);
        });
        let Ok(observer) = ResizeObserver::new(measure.as_ref().unchecked_ref()) else { return };
        observer.observe(&element);
        let kept = StoredValue::new_local((observer, measure));
        on_cleanup(move || kept.with_value(|(observer, _)| observer.disconnect()));
    });
}
