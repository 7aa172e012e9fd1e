//! The trial of a network that nobody knows here: read, run on the self-test's image, and held to what its manifest
//! says of it.

use crate::self_test::{Report, SelfTest};
use crate::{Compatible, Error, Model, Network, Plan, PlanFile, Said, Shape, plan_file};

/// A network that stood its trial; the report is of our own executor against tract, if it is that which runs it.
pub struct Tried {
    pub model: Model,
    pub report: Option<Report>,
}

/// Reads and tries an ONNX file. `now` gives seconds.
///
/// # Errors
/// It can't be read or run, it is not what is said of it, or its output is not between 0 and 1.
pub fn try_onnx(onnx: &[u8], said: Said, now: impl Fn() -> f64) -> Result<Tried, Error> {
    match plan_file(onnx) {
        Ok(PlanFile { plan, self_test, .. }) => {
            said.shape(&plan)?;
            said.probabilities(&self_test)?;
            let network = Network::new(plan)?;
            let report = self_test.run(&network, now)?;
            Ok(Tried { model: Model::Own(network), report: Some(report) })
        }
        Err(Error::Foreign(_)) => {
            let answer = |shape: Shape, image: &[f32]| Compatible::new(onnx, shape)?.run(image);
            let answered = SelfTest::made_by(said.channels, said.multiple_of, 1, answer)?;
            said.probabilities(&answered)?;
            Ok(Tried { model: Model::Foreign(onnx.into()), report: None })
        }
        Err(error) => Err(error),
    }
}

impl Said {
    fn shape(&self, plan: &Plan) -> Result<(), Error> {
        let (channels, multiple_of) = (plan.channels(), plan.multiple_of());
        if self.channels != channels {
            let said = self.channels;
            let why = format!("its manifest names {said} channels, and it has {channels}");
            Err(Error::Refused(why))
        } else if !self.multiple_of.is_multiple_of(multiple_of) {
            let said = self.multiple_of;
            let why = format!(
                "its manifest pads to a multiple of {said}, its poolings need {multiple_of}"
            );
            Err(Error::Refused(why))
        } else {
            Ok(())
        }
    }

    /// Holds the output that is read to the range of a probability.
    fn probabilities(&self, answered: &SelfTest) -> Result<(), Error> {
        let pixels = answered.rows * answered.columns;
        let outputs = answered.outputs.len() / pixels;
        let Some(read) = answered.outputs.chunks_exact(pixels).nth(self.output) else {
            let output = self.output;
            return Err(Error::Refused(format!(
                "its manifest reads output {output} (from 0), and it has {outputs}"
            )));
        };
        match read.iter().find(|p| !(0.0..=1.0).contains(*p)) {
            None => Ok(()),
            Some(p) => Err(Error::Refused(format!(
                "its output is no probability ({p} was met): end it with a sigmoid or a softmax"
            ))),
        }
    }
}
