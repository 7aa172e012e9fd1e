//! The infer worker on the GPU: the messages of [`crate::infer`], one run at a time.
//!
//! Whatever the GPU can't do is an answer, too: the study worker goes on without it.

use crate::gpu::GpuExecutor;
use crate::infer::{greet, planes, send_answer};
use crate::messages::{Fitness, FromInfer, ToInfer};
use crate::wire::{hear, send};
use js_sys::Uint8Array;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use stones::{Answer, Crop, Manifest, Question};
use unet::self_test::{SelfTest, difference};
use unet::{Mask, PlanFile};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{DedicatedWorkerGlobalScope, MessagePort, Performance};

/// A GPU that is further from the stored answers than this is not used: its drivers round as they like.
const TOLERANCE: f32 = 1e-3;

pub fn start(scope: &DedicatedWorkerGlobalScope) {
    greet(scope, serve);
}

struct Searcher {
    manifest: Manifest,
    crop: Crop,
    executor: GpuExecutor,
}

type Job = (ToInfer, Vec<JsValue>);

/// Jobs come while another waits for the GPU.
#[derive(Default)]
struct Queue {
    waiting: RefCell<VecDeque<Job>>,
    working: Cell<bool>,
}

fn serve(port: MessagePort, clock: Option<Performance>) {
    let queue = Rc::new(Queue::default());
    let searcher = Rc::new(RefCell::new(None));
    let answers = port.clone();
    hear(&port, move |job: ToInfer, attachments| {
        queue.waiting.borrow_mut().push_back((job, attachments));
        if queue.working.replace(true) {
            return;
        }
        let (queue, searcher) = (queue.clone(), searcher.clone());
        let (answers, clock) = (answers.clone(), clock.clone());
        spawn_local(async move {
            let mut own: Option<Searcher> = searcher.take();
            while let Some(job) = queue.next() {
                answer(job, &mut own, &answers, clock.as_ref()).await;
            }
            searcher.replace(own);
            queue.working.set(false);
        });
    });
}

impl Queue {
    fn next(&self) -> Option<Job> {
        self.waiting.borrow_mut().pop_front()
    }
}

async fn answer(
    (job, attachments): Job,
    searcher: &mut Option<Searcher>,
    answers: &MessagePort,
    clock: Option<&Performance>,
) {
    let mut attachments = attachments.into_iter();
    match job {
        ToInfer::Model { manifest, crop } => {
            // The memory of the one before goes first.
            *searcher = None;
            let file = attachments.next().unwrap_or_default();
            let said = match load(&file, crop, clock).await {
                Ok((executor, fitness)) => {
                    *searcher = Some(Searcher { manifest: *manifest, crop, executor });
                    FromInfer::Ready(fitness)
                }
                Err(detail) => FromInfer::Unfit { detail },
            };
            send(answers, &said, &[], &[]);
        }
        ToInfer::Search { slice } => {
            let Some(searcher) = searcher else { return };
            match searched(searcher, attachments).await {
                Ok(answer) => send_answer(answers, slice, &answer),
                Err(detail) => send(answers, &FromInfer::Failed { detail }, &[], &[]),
            }
        }
    }
}

async fn searched(
    searcher: &mut Searcher,
    attachments: impl Iterator<Item = JsValue>,
) -> Result<Answer, String> {
    let Searcher { manifest, crop, executor } = searcher;
    let planes = planes(attachments).ok_or("no planes came")?;
    let question = Question::of(&planes, manifest, *crop).map_err(|error| error.to_string())?;
    let Some(Question { image, wanted }) = question else { return Ok(Answer::default()) };
    let outputs = executor.run(&image, Some(&wanted)).await?;
    Answer::of(&outputs, &wanted, manifest).map_err(|error| error.to_string())
}

/// The network on the GPU, tested; and timed on a slice, as small images tell little of a GPU.
async fn load(
    file: &JsValue,
    crop: Crop,
    clock: Option<&Performance>,
) -> Result<(GpuExecutor, Fitness), String> {
    let file: &Uint8Array = file.dyn_ref().ok_or("no network came")?;
    let PlanFile { plan, self_test, .. } =
        PlanFile::read(&file.to_vec()).map_err(|error| error.to_string())?;
    let mut small = GpuExecutor::new(&plan, self_test.rows, self_test.columns, false).await?;
    let off = tested(&self_test, &mut small, &self_test.image(plan.channels())).await?;
    drop(small);

    let mut executor = GpuExecutor::new(&plan, crop.height, crop.width, false).await?;
    let blank = vec![0.0; plan.channels() * crop.len()];
    // The first run pays for what the driver puts off.
    let mut corner = Mask::none(crop.height, crop.width);
    corner.set(0, 0);
    executor.run(&blank, Some(&corner)).await?;
    let now = || clock.map_or(0.0, |clock| clock.now() / 1000.0);
    let began = now();
    executor.run(&blank, None).await?;
    let fitness = Fitness {
        engine: format!("webgpu ({})", executor.adapter().name),
        max_abs: Some(off.into()),
        seconds: Some(now() - began),
    };
    Ok((executor, fitness))
}

/// How far the GPU is from the stored answers, and from itself where some pixels only are wanted.
async fn tested(test: &SelfTest, executor: &mut GpuExecutor, image: &[f32]) -> Result<f32, String> {
    let whole = executor.run(image, None).await?;
    let wanted = test.some_pixels();
    let part = executor.run(image, Some(&wanted)).await?;
    let off = test.difference(&whole).max(difference(&part, &test.part_of(&whole, &wanted)));
    if off > TOLERANCE { Err(format!("its self-test is off by {off:e}")) } else { Ok(off) }
}
