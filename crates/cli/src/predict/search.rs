//! All slices through the network, with all cores.

use super::model::Model;
use crate::arguments::Exit;
use std::num::NonZero;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use stones::slice::{SearchError, search};
use stones::{Crop, Extent, Planes, ProbabilityMap, Skeleton};
use unet::Shape;
use volume::Volume;

pub fn workers() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

/// Each worker has a memory of its own and takes the next slice that nobody has.
pub fn search_all(
    volume: &Volume,
    skeleton: &Skeleton,
    model: &Model,
    extent: Extent,
    workers: usize,
) -> Result<ProbabilityMap, Exit> {
    let manifest = &model.manifest;
    let crop = Crop::around_body(volume, manifest.input.multiple_of);
    let offsets = manifest.offsets_mm();
    let channels = manifest.input.channels.len();
    let shape = Shape { channels, rows: crop.height, columns: crop.width };
    let next = AtomicUsize::new(0);
    let map = Mutex::new(ProbabilityMap::new(&volume.geometry));

    let work = || -> Result<(), SearchError> {
        let mut engine = model.network.prepare(shape)?;
        loop {
            let k = next.fetch_add(1, Ordering::Relaxed);
            if k >= volume.geometry.slices {
                return Ok(());
            }
            let cut = Planes::cut(volume, k, &offsets, crop);
            let planes = Planes { skeleton: skeleton.of_slice(k, crop), ..cut };
            let answer = search(&planes, manifest, crop, &mut engine, extent)?;
            let mut map = map.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            map.put(k, crop, &answer);
        }
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_for_each(|worker| match worker.join() {
            Ok(done) => done.map_err(|error| Exit::NoModel(error.to_string())),
            Err(_) => Err(Exit::NoModel("the engine stopped".into())),
        })
    })?;
    Ok(map.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner()))
}
