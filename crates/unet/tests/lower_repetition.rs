//! Up-sampling that was written out as new axes, widened and merged: what is one, and what only has its size.
#![cfg(feature = "tract")]

mod common;

use common::net::{Net, foreign, lowered};
use common::onnx::{IMAGE, int};

/// `UpSampling2D` as Keras' backends write it: for each axis a new one at `at`, widened to two and merged into it.
fn repeated(net: &mut Net, input: &str, [b, c, h, w]: [i64; 4], at: [i64; 2]) -> String {
    let mut up = input.to_owned();
    let shapes = [([b, c, h, w], [b, c, 2 * h, w]), ([b, c, 2 * h, w], [b, c, 2 * h, 2 * w])];
    for (at, (before, after)) in at.into_iter().zip(shapes) {
        let mut wide = before.to_vec();
        wide.insert(at as usize, 2);
        let [at, wide, after] = [&[at][..], &wide, &after].map(|to| net.graph.whole_numbers(to));
        up = net.op("Unsqueeze", &[&up, &at], &[]);
        up = net.op("Expand", &[&up, &wide], &[]);
        up = net.op("Reshape", &[&up, &after], &[]);
        up = net.op("Cast", &[&up], &[int("to", 1)]);
    }
    up
}

#[test]
fn repetition_that_is_written_out_is_one_step() {
    let mut net = Net::new();
    let skip = net.conv(IMAGE, 3, 4);
    let pooled = net.pooled(&skip);
    // Rows, then columns: the new axis stands behind the one that it is merged into.
    let up = repeated(&mut net, &pooled, [1, 4, 12, 8], [3, 4]);
    let joined = net.joined(&skip, &up);
    let output = net.conv(&joined, 8, 1);
    assert_eq!(lowered(&net.file(&output)).steps.len(), 4);

    // Both at once.
    let mut net = Net::new();
    let pooled = net.pooled(IMAGE);
    let [axes, wide, after] = [&[3, 5][..], &[1, 3, 12, 2, 8, 2], &[1, 3, 24, 16]]
        .map(|numbers| net.graph.whole_numbers(numbers));
    let up = net.op("Unsqueeze", &[&pooled, &axes], &[]);
    let up = net.op("Expand", &[&up, &wide], &[]);
    let up = net.op("Reshape", &[&up, &after], &[]);
    let output = net.conv(&up, 3, 2);
    assert_eq!(lowered(&net.file(&output)).steps.len(), 3);
}

#[test]
fn what_has_the_size_of_a_repetition_but_is_none_is_named() {
    // The new axis before the old one: the image twice beside itself.
    for at in [[2, 4], [3, 3], [2, 3]] {
        let mut net = Net::new();
        let pooled = net.pooled(IMAGE);
        let up = repeated(&mut net, &pooled, [1, 3, 12, 8], at);
        let output = net.conv(&up, 3, 2);
        assert_eq!(foreign(&net.file(&output)), "Unsqueeze", "{at:?}");
    }
    // Rows alone.
    let mut net = Net::new();
    let pooled = net.pooled(IMAGE);
    let [at, wide, after] =
        [&[3][..], &[1, 3, 12, 2, 8], &[1, 3, 24, 8]].map(|to| net.graph.whole_numbers(to));
    let up = net.op("Unsqueeze", &[&pooled, &at], &[]);
    let up = net.op("Expand", &[&up, &wide], &[]);
    let up = net.op("Reshape", &[&up, &after], &[]);
    let output = net.conv(&up, 3, 2);
    assert_eq!(foreign(&net.file(&output)), "Unsqueeze");
    // As many values in another order.
    let mut net = Net::new();
    let image = net.conv(IMAGE, 3, 12);
    let pooled = net.pooled(&image);
    let after = net.graph.whole_numbers(&[1, 3, 24, 16]);
    let up = net.op("Reshape", &[&pooled, &after], &[]);
    let output = net.conv(&up, 3, 2);
    assert_eq!(foreign(&net.file(&output)), "Reshape");
}
