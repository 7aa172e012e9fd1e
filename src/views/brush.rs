//! Over a picture: the brush as large as it draws, and the line that is to be filled.

use crate::desk::Desk;
use crate::labelling::Hand;
use crate::screen::Placement;
use crate::state::Tool;
use leptos::prelude::*;
use volume::Plane;

#[component]
pub fn BrushLayer(plane: Plane, placement: Signal<Option<Placement>>) -> impl IntoView {
    let state = Desk::at_hand().state;
    let labelling = state.labelling;
    let circle = move || {
        let strokes = matches!(labelling.hand.get(), Hand::Brush | Hand::Eraser);
        if state.tool.get() != Tool::Label || !strokes {
            return None;
        }
        let (_, pixel) = labelling.over.get().filter(|(of, _)| *of == plane)?;
        let placement = placement.get()?;
        let per_mm = placement.per_mm(state.pane(plane).camera.get());
        let ([x, y], r) = (placement.screen(pixel), labelling.mm.get() / 2.0 * per_mm);
        Some(view! {
            <circle class="brush" cx=x.to_string() cy=y.to_string() r=r.to_string()></circle>
        })
    };
    let line = move || {
        let (of, line) = labelling.outline.get()?;
        let placement = placement.get().filter(|_| of == plane)?;
        let corner = |pixel: [f64; 2]| {
            let [x, y] = placement.screen(pixel);
            format!("{x:.1} {y:.1}")
        };
        let path = line.into_iter().map(corner).collect::<Vec<_>>().join("L");
        Some(view! { <path class="lasso" d=format!("M{path}Z")></path> })
    };
    view! { <g class="hand">{circle}{line}</g> }
}
