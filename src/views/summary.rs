//! One page for the printer: key images of each stone in three planes, the measures, and what they are worth.

use super::corners::{date, name};
use super::findings::{craniocaudal, diameter, shown};
use super::worth::Worth;
use crate::desk::Desk;
use crate::saving::KeyPicture;
use crate::state::Found;
use crate::words::{self, Language};
use leptos::html;
use leptos::prelude::*;
use stones::Stone;
use wasm_bindgen::{Clamped, JsCast};
use web_sys::{CanvasRenderingContext2d, ImageData};

#[component]
pub fn SummarySheet() -> impl IntoView {
    let desk = Desk::at_hand();
    let state = desk.state;
    let sheet = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        let Some(sheet) = sheet.get() else { return };
        if state.summary.with(Option::is_none) {
            sheet.close();
        } else if !sheet.open() && sheet.show_modal().is_err() {
            state.summary.set(None);
        }
    });
    let print = |_| {
        // A browser that can't print says so itself.
        let _ = web_sys::window().map(|window| window.print());
    };
    view! {
        <dialog
            class="dialog summary" node_ref=sheet aria-label=desk.say(words::SUMMARY_TITLE)
            on:close=move |_| state.summary.set(None)
        >
            <header class="not-printed">
                <button on:click=print>{desk.say(words::PRINT)}</button>
                <button on:click=move |_| state.summary.set(None)>{desk.say(words::CLOSE)}</button>
            </header>
            <Show when=move || state.summary.with(Option::is_some)>
                <Page/>
            </Show>
        </dialog>
    }
}

#[component]
fn Page() -> impl IntoView {
    let desk = Desk::at_hand();
    let state = desk.state;
    let language = move || state.language.get();
    let patient = move || {
        state.patient_in_picture.get().then(|| {
            let told = state.corner.with(|c| [name(&c.patient_name), c.patient_id.clone()]);
            view! { <p>{told.join(" · ")}</p> }
        })
    };
    let series = move || {
        state.corner.with(|c| {
            let number = c.series_number.map(|n| format!("#{n}")).unwrap_or_default();
            [date(&c.study_date), number, c.series_description.clone()].join(" ")
        })
    };
    let stones = move || {
        state.found.with(|found| found.iter().flat_map(Found::shown).cloned().collect::<Vec<_>>())
    };
    // Those that a person has rejected are not listed, and were looked at.
    let reviewed = move || {
        let seen = |stone: &&Stone| stone.is_shown() || stone.review.is_some();
        state.found.with(|found| {
            let stones = found.iter().flat_map(|found| &found.findings.stones);
            words::reviewed_of(language(), stones.filter(seen))
        })
    };
    let rows = move || {
        stones()
            .into_iter()
            .map(|stone| {
                let none = || "–".to_owned();
                let (at, instance) = (state.slice_of(stone.id), stone.find_again.instance_number);
                let cells = [
                    stone.id.to_string(),
                    called_and_place(language(), &stone),
                    diameter(&stone),
                    craniocaudal(&stone),
                    shown(stone.volume_mm3, 0, "mm³"),
                    words::mean_hu(language(), &stone).unwrap_or_else(none),
                    shown(stone.probability, 2, ""),
                    words::slice_number(language(), at, instance).unwrap_or_else(none),
                ];
                view! { <tr>{cells.map(|cell| view! { <td>{cell}</td> }).collect_view()}</tr> }
            })
            .collect_view()
    };
    let headings = [
        words::NUMBER,
        words::SIDE_LEVEL,
        words::DIAMETER,
        words::CRANIOCAUDAL,
        words::VOLUME,
        words::HU_MEAN,
        words::SCORE,
        words::SLICE,
    ];
    let model = move || {
        state.found.with(|found| {
            found.as_ref().map(|found| {
                let f = &found.findings;
                format!(
                    "{} {} · {} {} · {} · {}",
                    f.software.name,
                    f.software.version,
                    f.model.name,
                    f.model.version,
                    f.model.sha256.get(..16).unwrap_or_default(),
                    f.model.validation
                )
            })
        })
    };
    view! {
        <article>
            <h2>{desk.say(words::SUMMARY_TITLE)}</h2>
            <p class="strong">
                {desk.say(words::DISCLAIMER)}" "{reviewed}" "{desk.say(words::READ_ALL)}
            </p>
            {patient}
            <p>{series}</p>
            <Worth/>
            <table>
                <thead><tr>
                    {headings.map(|text| view! { <th scope="col">{desk.say(text)}</th> }).collect_view()}
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
            {move || stones().into_iter().map(|stone| view! { <Stone stone/> }).collect_view()}
            <p class="small">{model}</p>
            <p class="small">{desk.say(words::DISCLAIMER_FULL)}</p>
        </article>
    }
}

/// "likely phlebolith, left distal ureter"; of what is plainly a stone the place only.
fn called_and_place(language: Language, stone: &stones::findings::Stone) -> String {
    let called = words::called(stone).map(|called| called.to(language).to_owned());
    let parts = [called, Some(words::side_and_level(language, stone))];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

#[component]
fn Stone(stone: Stone) -> impl IntoView {
    let desk = Desk::at_hand();
    let id = stone.id;
    let pictures = desk.state.summary.with_untracked(|all| {
        let of = |picture: &&KeyPicture| picture.image.stone == id;
        all.iter().flatten().filter(of).cloned().collect::<Vec<_>>()
    });
    let sentence = move || words::sentence(desk.state.language.get(), &stone);
    view! {
        <section class="key">
            <p><b>{id}</b>" "{sentence}</p>
            <div class="pictures">
                {pictures.into_iter().map(|picture| view! { <Picture picture/> }).collect_view()}
            </div>
        </section>
    }
}

/// A key image at its true proportions, with the stone's box.
#[component]
fn Picture(picture: KeyPicture) -> impl IntoView {
    let desk = Desk::at_hand();
    let KeyPicture { image, rgba } = picture;
    let canvas = NodeRef::<html::Canvas>::new();
    let (width, height) = (image.width, image.height);
    Effect::new(move || {
        let Some(canvas) = canvas.get() else { return };
        let context = canvas.get_context("2d").ok().flatten();
        let context = context.and_then(|c| c.dyn_into::<CanvasRenderingContext2d>().ok());
        let pixels = ImageData::new_with_u8_clamped_array_and_sh(Clamped(&rgba), width, height);
        if let (Some(context), Ok(pixels)) = (context, pixels) {
            // Fails only for a canvas without pixels.
            let _ = context.put_image_data(&pixels, 0.0, 0.0);
        }
    });
    let mm = [f64::from(width) * image.pixel_mm[0], f64::from(height) * image.pixel_mm[1]];
    let part = |at: f64, of: u32| format!("{:.2}%", 100.0 * at / f64::from(of));
    let left = part(image.min[0] + 0.5, width);
    let top = part(image.min[1] + 0.5, height);
    let across = part(image.max[0] - image.min[0], width);
    let down = part(image.max[1] - image.min[1], height);
    view! {
        <figure>
            <div class="picture" style:aspect-ratio=format!("{} / {}", mm[0], mm[1])>
                <canvas width=width.to_string() height=height.to_string() node_ref=canvas></canvas>
                <span class="mark" style:left=left style:top=top style:width=across style:height=down></span>
            </div>
            <figcaption>{desk.say(words::plane(image.plane))}</figcaption>
        </figure>
    }
}
