"""A tiny U-Net of Keras, trained for seconds, saved as the paper's service keeps it (model.json, weights.h5), read back
from those two files, and exported as `keras/tiny.onnx` with its manifest.

    pip install keras torch onnx onnxscript h5py numpy
    KERAS_BACKEND=torch python from_keras.py OUT
"""

import sys
from pathlib import Path

import keras
import numpy as np
from keras import layers

from task import SIDE, batch, write_manifest


def tiny_unet() -> keras.Model:
    """Two poolings, 4 to 16 feature maps, channels last, up-sampling by repetition, sigmoid at the end."""

    def block(x, filters: int):
        x = layers.Conv2D(filters, 3, padding="same")(x)
        return layers.ReLU(negative_slope=0.1)(layers.BatchNormalization(momentum=0.9)(x))

    image = keras.Input((SIDE, SIDE, 1))
    first = block(image, 4)
    second = block(layers.MaxPooling2D()(first), 8)
    x = block(layers.MaxPooling2D()(second), 16)
    x = block(layers.Concatenate()([second, layers.UpSampling2D()(x)]), 8)
    x = block(layers.Concatenate()([first, layers.UpSampling2D()(x)]), 4)
    return keras.Model(image, layers.Conv2D(1, 1, activation="sigmoid")(x))


def main() -> None:
    out = Path(sys.argv[1]) / "keras"
    out.mkdir(parents=True, exist_ok=True)
    keras.utils.set_random_seed(1)
    rng = np.random.default_rng(1)
    network = tiny_unet()
    network.compile(keras.optimizers.Adam(1e-2), "binary_crossentropy")
    for _ in range(500):
        images, masks = batch(rng)
        loss = network.train_on_batch(images[..., None], masks[..., None])
    print(f"keras: loss {float(loss):.4f}")

    (out / "model.json").write_text(network.to_json())
    network.save_weights(out / "model.weights.h5")

    # From here on it is what anyone does who has the two files.
    network = keras.models.model_from_json((out / "model.json").read_text())
    network.load_weights(out / "model.weights.h5")
    # Keras exports only what has run once.
    network(np.zeros((1, SIDE, SIDE, 1), np.float32))
    file = out / "tiny.onnx"
    network.export(file, format="onnx")
    write_manifest(file, "tiny-keras")


if __name__ == "__main__":
    main()
