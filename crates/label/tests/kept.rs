//! Labels that are kept and taken up again: the same voxels, under a name that tells nobody of whom.

#![allow(clippy::unwrap_used)]
use label::{Label, Labels, Voxels, mark};
use proptest::prelude::*;
use volume::{Geometry, Volume};

proptest! {
    #[test]
    fn voxels_come_back_as_they_were(all in prop::collection::vec([0usize..300, 0usize..40, 0usize..20], 0..400)) {
        let voxels: Voxels = all.into_iter().collect();
        let kept = serde_json::to_string(&voxels).unwrap();
        prop_assert_eq!(serde_json::from_str::<Voxels>(&kept).unwrap(), voxels);
    }
}

#[test]
fn what_no_volume_has_is_refused_before_it_is_made() {
    for runs in ["[[0,0,0,4000000000]]", "[[0,0,65000,65000]]", "[[0,0,-1,2]]", "[[0,0,1]]"] {
        assert!(serde_json::from_str::<Voxels>(runs).is_err(), "{runs}");
    }
}

#[test]
fn a_row_is_kept_as_a_run() {
    let voxels: Voxels = (3..90).map(|i| [i, 2, 1]).chain([[95, 2, 1]]).collect();
    assert_eq!(serde_json::to_string(&voxels).unwrap(), "[[1,2,3,87],[1,2,95,1]]");
}

#[test]
fn what_is_taken_up_is_an_act_that_can_be_taken_back() {
    let row = |from: usize, to: usize| (from..to).map(|i| [i, 0, 0]).collect::<Voxels>();
    let mut labels = Labels::default();
    let own = labels.add(None, "own");
    labels.paint(own, &row(0, 10));
    labels.end();
    let before = labels.list().to_vec();

    let kept = Label { key: 1, voxels: row(5, 15), of: Some(row(5, 12)), about: "kept" };
    let text = serde_json::to_string(&kept).unwrap();
    let read: Label<String> = serde_json::from_str(&text).unwrap();
    assert_eq!((&read.voxels, &read.of), (&kept.voxels, &kept.of));
    let key = labels.take_up(&kept.voxels, kept.of.clone(), kept.about);
    assert!(labels.end() && !labels.is_saved() && key != own);
    assert_eq!(labels.get(key).unwrap().of, kept.of);
    assert_eq!(labels.get(key).unwrap().voxels, row(5, 15));
    assert_eq!(labels.get(own).unwrap().voxels, row(0, 5), "a voxel is of one label");
    assert!(labels.undo());
    assert_eq!(labels.list(), before);
}

#[test]
fn a_name_is_of_one_salt_one_series_and_one_image() {
    let volume = |hu: i16, slices: usize| {
        let (columns, rows) = (4, 3);
        let (positions_mm, origins) = (vec![], vec![]);
        let geometry = Geometry { columns, rows, slices, affine: None, positions_mm, origins };
        let mut volume = Volume::new(geometry).unwrap();
        volume.put(slices / 2, &[hu; 12]);
        volume
    };
    let uid = "1.2.840.1";
    let names = [
        mark(b"salt", uid, &volume(40, 5)),
        mark(b"other", uid, &volume(40, 5)),
        mark(b"salt", "1.2.840.2", &volume(40, 5)),
        mark(b"salt", uid, &volume(41, 5)),
        mark(b"salt", uid, &volume(40, 6)),
        mark(b"salt1", ".2.840.1", &volume(40, 5)),
    ];
    assert_eq!(names[0], mark(b"salt", uid, &volume(40, 5)));
    for (n, name) in names.iter().enumerate() {
        assert!(name.len() == 64 && !name.contains(uid) && !names[..n].contains(name), "{n}");
    }
}
