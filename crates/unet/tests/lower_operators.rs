//! Operators as other programs write them: what becomes of each in a plan, or by which name it is refused.
#![cfg(feature = "tract")]

mod common;

use common::net::{Net, PIXELS, SHAPE, foreign, lowered};
use common::onnx::{IMAGE, float, int, ints, text};
use unet::plan::Head;
use unet::{Error, plan_file};

#[test]
fn a_normalisation_written_out_is_folded() {
    for names in [["Mul", "Add"], ["Div", "Sub"]] {
        let mut net = Net::new();
        let conv = net.conv(IMAGE, 3, 5);
        let (by, plus) = (net.positive(&[1, 5, 1, 1]), net.weights(&[5, 1, 1]));
        let scaled = net.op(names[0], &[&conv, &by], &[]);
        let shifted = net.op(names[1], &[&scaled, &plus], &[]);
        let output = net.op("Relu", &[&shifted], &[]);
        assert_eq!(lowered(&net.file(&output)).steps.len(), 1);
    }
}

#[test]
fn what_follows_a_transposed_convolution_is_folded() {
    let mut net = Net::new();
    let (pooled, weights) = (net.pooled(IMAGE), net.weights(&[3, 5, 2, 2]));
    let up = net.op("ConvTranspose", &[&pooled, &weights], &[ints("strides", &[2, 2])]);
    let [by, variance] = [(); 2].map(|()| net.positive(&[5]));
    let [plus, mean] = [(); 2].map(|()| net.weights(&[5]));
    let normed = net.op("BatchNormalization", &[&up, &by, &plus, &mean, &variance], &[]);
    let output = net.op("LeakyRelu", &[&normed], &[float("alpha", 0.3)]);
    assert_eq!(lowered(&net.file(&output)).steps.len(), 2);
}

#[test]
fn constants_may_come_first() {
    let mut net = Net::new();
    let conv = net.conv(IMAGE, 3, 5);
    let (by, from) = (net.positive(&[1]), net.weights(&[1, 5, 1, 1]));
    let scaled = net.op("Mul", &[&by, &conv], &[]);
    let output = net.op("Sub", &[&from, &scaled], &[]);
    assert_eq!(lowered(&net.file(&output)).steps.len(), 1);

    let mut net = Net::new();
    let conv = net.conv(IMAGE, 3, 5);
    let over = net.positive(&[1]);
    let output = net.op("Div", &[&over, &conv], &[]);
    assert_eq!(foreign(&net.file(&output)), "Div");
}

#[test]
fn what_can_not_be_folded_stands_alone() {
    // A normalisation of the input, after an activation, of a concatenation; an activation of what is kept as well.
    let mut net = Net::new();
    let by = net.positive(&[1, 3, 1, 1]);
    let input = net.op("Mul", &[IMAGE, &by], &[]);
    let first = net.conv(&input, 3, 4);
    let bent = net.op("Relu", &[&first], &[]);
    let plus = net.weights(&[1, 4, 1, 1]);
    let shifted = net.op("Add", &[&bent, &plus], &[]);
    let kept = net.conv(&shifted, 4, 5);
    let leaky = net.op("LeakyRelu", &[&kept], &[float("alpha", 0.2)]);
    let both = net.joined(&kept, &leaky);
    let by = net.positive(&[1, 10, 1, 1]);
    let scaled = net.op("Mul", &[&both, &by], &[]);
    let bent = net.op("Relu", &[&scaled], &[]);
    let output = net.conv(&bent, 10, 2);
    assert_eq!(lowered(&net.file(&output)).steps.len(), 7);
}

#[test]
fn concatenations_of_concatenations_take_no_step() {
    let mut net = Net::new();
    let a = net.conv(IMAGE, 3, 4);
    let b = net.conv(&a, 4, 5);
    let ab = net.joined(&a, &b);
    let all = net.joined(&ab, IMAGE);
    let pooled = net.pooled(&all);
    let up = net.resized(&pooled, 2.0, ["linear", "pytorch_half_pixel", "floor"]);
    let wide = net.joined(&up, &all);
    let output = net.conv(&wide, 24, 1);
    // Two convolutions, pooling and enlargement of three parts, and the last.
    assert_eq!(lowered(&net.file(&output)).steps.len(), 2 + 3 + 3 + 1);

    let mut net = Net::new();
    let a = net.conv(IMAGE, 3, 4);
    let both = net.joined(&a, IMAGE);
    let c = net.conv(&both, 7, 7);
    let output = net.op("Add", &[&both, &c], &[]);
    lowered(&net.file(&output));

    let mut net = Net::new();
    let a = net.conv(IMAGE, 3, 4);
    let output = net.joined(&a, IMAGE);
    lowered(&net.file(&output));
}

#[test]
fn enlargements_that_are_the_same_at_twice_the_size_are_known() {
    let known = [
        ["nearest", "asymmetric", "floor"],
        ["nearest", "asymmetric", "round_prefer_floor"],
        ["nearest", "half_pixel", "round_prefer_floor"],
        ["nearest", "half_pixel", "round_prefer_ceil"],
        ["nearest", "pytorch_half_pixel", "round_prefer_floor"],
        ["nearest", "tf_half_pixel_for_nn", "floor"],
        ["linear", "half_pixel", "floor"],
        ["linear", "pytorch_half_pixel", "floor"],
    ];
    let unknown = [
        ["nearest", "asymmetric", "round_prefer_ceil"],
        ["nearest", "half_pixel", "floor"],
        ["nearest", "align_corners", "floor"],
        ["linear", "align_corners", "floor"],
        ["linear", "asymmetric", "floor"],
        ["cubic", "half_pixel", "floor"],
    ];
    for mode in known {
        let mut net = Net::new();
        let pooled = net.pooled(IMAGE);
        let output = net.resized(&pooled, 2.0, mode);
        assert_eq!(lowered(&net.file(&output)).steps.len(), 2, "{mode:?}");
    }
    for mode in unknown {
        let mut net = Net::new();
        let pooled = net.pooled(IMAGE);
        let output = net.resized(&pooled, 2.0, mode);
        assert_eq!(foreign(&net.file(&output)), "Resize", "{mode:?}");
    }
}

#[test]
fn an_enlargement_to_the_size_of_another_image_is_known() {
    // As PyTorch writes interpolate(x, size=skip.shape[2:]).
    let mut net = Net::new();
    let skip = net.conv(IMAGE, 3, 4);
    let pooled = net.pooled(&skip);
    let [skip_shape, pooled_shape] = [&skip, &pooled].map(|of| net.op("Shape", &[of], &[]));
    let [zero, two, four] = [0, 2, 4].map(|at| net.graph.whole_numbers(&[at]));
    let front = net.op("Slice", &[&pooled_shape, &zero, &two, &zero], &[]);
    let back = net.op("Slice", &[&skip_shape, &two, &four, &zero], &[]);
    let sizes = net.op("Concat", &[&front, &back], &[int("axis", 0)]);
    let attributes = [text("mode", "linear"), text("coordinate_transformation_mode", "half_pixel")];
    let up = net.op("Resize", &[&pooled, "", "", &sizes], &attributes);
    let joined = net.joined(&skip, &up);
    let output = net.conv(&joined, 8, 1);
    assert_eq!(lowered(&net.file(&output)).steps.len(), 4);
}

#[test]
fn networks_of_keras_are_read_pixel_by_pixel() {
    let to_planes = [0, 3, 1, 2];
    let to_pixels = [0, 2, 3, 1];
    let mut net = Net::new();
    let image = net.transposed(IMAGE, to_planes);
    let same = text("auto_pad", "SAME_UPPER");
    let first = net.window(&image, &[4, 3, 3, 3], std::slice::from_ref(&same));
    let first = net.op("Relu", &[&first], &[]);
    let attributes = [same, ints("kernel_shape", &[2, 2]), ints("strides", &[2, 2])];
    let pooled = net.op("MaxPool", &[&first], &attributes);
    let pixels = net.transposed(&pooled, to_pixels);
    let plus = net.weights(&[4]);
    let shifted = net.op("Add", &[&pixels, &plus], &[]);
    let planes = net.transposed(&shifted, to_planes);
    let weights = net.weights(&[4, 4, 2, 2]);
    let up = net.op("ConvTranspose", &[&planes, &weights], &[ints("strides", &[2, 2])]);
    let joined = net.joined(&first, &up);
    let logits = net.window(&joined, &[2, 8, 1, 1], &[]);
    let logits = net.transposed(&logits, to_pixels);
    let output = net.op("Softmax", &[&logits], &[int("axis", -1)]);
    let onnx = net.graph.file(&PIXELS, &output);
    let plan = lowered(&onnx);
    assert_eq!(
        (plan.steps.len(), plan.head, plan.channels(), plan.outputs()),
        (5, Head::Softmax, 3, 2)
    );
    assert_eq!(plan_file(&onnx).unwrap().plan, plan);
}

#[test]
fn an_input_in_another_order_is_never_taken_for_this_one() {
    let mut net = Net::new();
    let output = net.conv(IMAGE, 3, 2);
    let output = net.transposed(&output, [0, 1, 3, 2]);
    assert_eq!(foreign(&net.file(&output)), "Transpose");

    let mut net = Net::new();
    let turned = net.transposed(IMAGE, [0, 1, 3, 2]);
    let output = net.conv(&turned, 3, 2);
    assert_eq!(foreign(&net.file(&output)), "Conv");

    let mut net = Net::new();
    let output = net.conv(IMAGE, 3, 2);
    let onnx = net.graph.file(&[Some(1), None, None, None], &output);
    assert!(matches!(plan_file(&onnx), Err(Error::Refused(_))));
}

#[test]
fn what_does_nothing_is_left_out() {
    let mut net = Net::new();
    let conv = net.conv(IMAGE, 3, 4);
    let same = net.op("Identity", &[&conv], &[]);
    let same = net.op("Dropout", &[&same], &[]);
    let same = net.op("Cast", &[&same], &[int("to", 1)]);
    let none = net.graph.whole_numbers(&[0; 8]);
    let same = net.op("Pad", &[&same, &none], &[]);
    let bent = net.op("Relu", &[&same], &[]);
    let output = net.window(&bent, &[2, 4, 1, 1], &[]);
    let output = net.op("Sigmoid", &[&output], &[]);
    let output = net.op("Identity", &[&output], &[]);
    assert_eq!(lowered(&net.file(&output)).steps.len(), 2);
}

#[test]
fn an_activation_that_others_must_not_see_is_not_folded() {
    let mut net = Net::new();
    let conv = net.conv(IMAGE, 3, 4);
    let same = net.op("Identity", &[&conv], &[]);
    let bent = net.op("Relu", &[&same], &[]);
    let output = net.op("Add", &[&conv, &bent], &[]);
    let output = net.op("Relu", &[&output], &[]);
    assert_eq!(lowered(&net.file(&output)).steps.len(), 3);
}

#[test]
fn what_has_no_step_is_named() {
    type Make = fn(&mut Net) -> String;
    let cases: [(&str, Make); 18] = [
        ("Conv", |net| {
            net.window(IMAGE, &[2, 3, 3, 3], &[ints("pads", &[1; 4]), ints("strides", &[2, 2])])
        }),
        ("Conv", |net| {
            net.window(IMAGE, &[2, 3, 3, 3], &[ints("pads", &[2; 4]), ints("dilations", &[2, 2])])
        }),
        ("Conv", |net| net.window(IMAGE, &[3, 1, 3, 3], &[ints("pads", &[1; 4]), int("group", 3)])),
        ("Conv", |net| net.window(IMAGE, &[2, 3, 5, 5], &[ints("pads", &[2; 4])])),
        ("Conv", |net| net.window(IMAGE, &[2, 3, 3, 3], &[])),
        ("Conv", |net| net.window(IMAGE, &[2, 3, 3, 3], &[ints("pads", &[0, 0, 2, 2])])),
        ("Conv", |net| net.window(IMAGE, &[4097, 3, 1, 1], &[])),
        ("ConvTranspose", |net| {
            let (pooled, weights) = (net.pooled(IMAGE), net.weights(&[3, 2, 4, 4]));
            let attributes = [ints("strides", &[2, 2]), ints("pads", &[1; 4])];
            net.op("ConvTranspose", &[&pooled, &weights], &attributes)
        }),
        ("InstanceNormalization", |net| {
            let (conv, by, plus) = (net.conv(IMAGE, 3, 4), net.weights(&[4]), net.weights(&[4]));
            net.op("InstanceNormalization", &[&conv, &by, &plus], &[])
        }),
        ("MaxPool", |net| net.op("MaxPool", &[IMAGE], &[ints("kernel_shape", &[2, 2])])),
        ("AveragePool", |net| {
            let attributes = [ints("kernel_shape", &[2, 2]), ints("strides", &[2, 2])];
            net.op("AveragePool", &[IMAGE], &attributes)
        }),
        ("Resize", |net| net.resized(IMAGE, 3.0, ["nearest", "asymmetric", "floor"])),
        ("Sigmoid", |net| {
            let gate = net.op("Sigmoid", &[IMAGE], &[]);
            net.conv(&gate, 3, 2)
        }),
        ("Softmax", |net| net.op("Softmax", &[IMAGE], &[int("axis", 2)])),
        ("Mul", |net| {
            let gate = net.conv(IMAGE, 3, 3);
            net.op("Mul", &[IMAGE, &gate], &[])
        }),
        ("LeakyRelu", |net| net.op("LeakyRelu", &[IMAGE], &[float("alpha", 1.5)])),
        ("Clip", |net| {
            let (low, high) =
                (net.graph.constant(&[], vec![0.0]), net.graph.constant(&[], vec![6.0]));
            net.op("Clip", &[IMAGE, &low, &high], &[])
        }),
        ("Add", |net| {
            let mask = net.weights(&[1, 1, SHAPE.rows, SHAPE.columns]);
            net.op("Add", &[IMAGE, &mask], &[])
        }),
    ];
    for (operator, make) in cases {
        let mut net = Net::new();
        let output = make(&mut net);
        assert_eq!(foreign(&net.file(&output)), operator);
    }
}
