"""The U-Nets of this benchmark as PyTorch runs them, through cuDNN and a CUDA graph; prints milliseconds a slice.

    python peer.py [base=16,8] [size=512] [rounds=100] [compiled=0] [device=cuda]

Operator for operator the networks of `crates/unet/tests/common/plans.rs`. Of both memory layouts the faster counts.
`compiled=1` fuses what lies between convolutions, by torch.compile. On a processor it shows only that it works.
"""

import statistics
import sys
import time

import torch
from torch import Tensor, nn

CHANNELS, CLASSES, DEPTH = 3, 1, 4
# Slices one upon another, so that what a launch takes is hidden.
BURST = 4
LAYOUTS = {"planes": torch.contiguous_format, "channels last": torch.channels_last}
# Of numbers, and whether convolutions may round them to TF32.
PRECISIONS = {"f32": (torch.float32, False), "f32 as TF32": (torch.float32, True), "f16": (torch.float16, False)}


class UNet(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        widths = [width << level for level in range(DEPTH + 1)]
        self.downs = nn.ModuleList(double(*pair) for pair in zip([CHANNELS, *widths], widths))
        self.ups = nn.ModuleList(nn.ConvTranspose2d(2 * w, w, 2, stride=2) for w in widths[:-1])
        self.joins = nn.ModuleList(double(2 * w, w) for w in widths[:-1])
        self.head = nn.Conv2d(width, CLASSES, 1)
        self.pool = nn.MaxPool2d(2)

    def forward(self, x: Tensor) -> Tensor:
        skips = []
        for level, down in enumerate(self.downs):
            x = down(self.pool(x) if level else x)
            skips.append(x)
        for up, join, skip in zip(self.ups[::-1], self.joins[::-1], skips[-2::-1]):
            x = join(torch.cat([skip, up(x)], 1))
        return torch.sigmoid(self.head(x))


def double(inward: int, width: int) -> nn.Sequential:
    first, second = nn.Conv2d(inward, width, 3, padding=1), nn.Conv2d(width, width, 3, padding=1)
    return nn.Sequential(first, nn.ReLU(inplace=True), second, nn.ReLU(inplace=True))


def on_gpu(net: nn.Module, image: Tensor, rounds: int) -> tuple[float, float, Tensor]:
    """Milliseconds of a slice from host to host and of its computing alone, and the output."""
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(5):
            net(image)
    stream.synchronize()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        output = net(image)

    there = image.cpu().pin_memory()
    back = torch.empty_like(output, device="cpu").pin_memory()
    computing, slices = [], []
    for number in range(rounds + rounds // 4):
        began = time.perf_counter()
        image.copy_(there, non_blocking=True)
        graph.replay()
        back.copy_(output, non_blocking=True)
        torch.cuda.synchronize()
        taken = 1e3 * (time.perf_counter() - began)

        begin, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        begin.record()
        for _ in range(BURST):
            graph.replay()
        end.record()
        torch.cuda.synchronize()
        # The first fifth wakes the device up.
        if number >= rounds // 4:
            slices.append(taken)
            computing.append(begin.elapsed_time(end) / BURST)
    return statistics.median(slices), statistics.median(computing), output


def on_processor(net: nn.Module, image: Tensor, rounds: int) -> tuple[float, float, Tensor]:
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        output = net(image)
        times.append(1e3 * (time.perf_counter() - began))
    return statistics.median(times), statistics.median(times), output


@torch.inference_mode()
def main() -> None:
    words = dict(word.split("=") for word in sys.argv[1:])
    size, rounds, device = int(words.get("size", 512)), int(words.get("rounds", 100)), words.get("device", "cuda")
    torch.backends.cudnn.benchmark = True
    torch.manual_seed(1)
    image = torch.rand(1, CHANNELS, size, size)
    print("PyTorch", torch.__version__, torch.cuda.get_device_name() if device == "cuda" else device, flush=True)
    for base in map(int, words.get("base", "16,8").split(",")):
        exact = UNet(base).double().to(device)
        expected = exact(image.double().to(device))
        for precision, (dtype, tf32) in PRECISIONS.items():
            torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = tf32
            found = []
            for layout, memory in LAYOUTS.items():
                net = UNet(base)
                net.load_state_dict(exact.state_dict())
                net = net.to(device, dtype, memory_format=memory)
                if words.get("compiled") == "1":
                    torch.compiler.reset()
                    net = torch.compile(net)
                given = image.to(device, dtype, memory_format=memory)
                whole, computing, output = (on_gpu if device == "cuda" else on_processor)(net, given, rounds)
                found.append((computing, whole, layout, (output - expected).abs().max().item()))
            computing, whole, layout, apart = min(found)
            others = ", ".join(f"{layout}: {ms:.3f} ms" for ms, _, layout, _ in found)
            print(
                f"base {base}, {size}², {precision}: {whole:.3f} ms a slice, of it {computing:.3f} ms computing"
                f" ({others}); at most {apart:.1e} from f64",
                flush=True,
            )


main()
