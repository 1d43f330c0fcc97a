// battery-and-memory: as many as power and memory are there for.
//
//   qubes-script enable battery-and-memory
//   qvm-features debian-12-convert-dvm preload-dispvm-policy battery-and-memory
//
// A preload that waits costs memory all the time, and processor time when it is started. On mains power with memory to spare there are as many
// as may be; on battery half of them, then one, then none; and no more than memory suffices for, those that wait included.

int ByPower(PreloadView view) => view.Power switch
{
    { IsOnBattery: false } => view.Max,
    { Percent: < 20 } => 0,
    { Percent: < 50 } => 1,
    _ => (view.Max + 1) / 2,
};

int ByMemory(PreloadView view) => view.Pressure switch
{
    MemoryPressure.High => Math.Min(1, view.Queued),
    MemoryPressure.Tight => view.Queued,
    // Half of what is left is for those who ask, not for those who may.
    _ when view.AvailableBytes is { } bytes && view.BytesEach > 0 => view.Queued + (int)Math.Min(view.Max, bytes / 2 / view.BytesEach),
    _ => view.Max,
};

Policy("battery-and-memory", view =>
{
    var (power, memory) = (ByPower(view), ByMemory(view));
    var count = Math.Min(view.Max, Math.Min(power, memory));
    return new(count,
        count == view.Max ? "power and memory are there"
        : memory < power ? $"memory is {(view.Pressure == MemoryPressure.None ? "used" : "short")}"
        : $"on battery{(view.Power.Percent is { } percent ? $", {percent} %" : "")}");
});
