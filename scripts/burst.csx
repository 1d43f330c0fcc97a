// burst: for those who say beforehand how many they will need, as qvm-convert does with many files.
//
//   qubes-script enable burst
//   qvm-features debian-12-convert-dvm preload-dispvm-policy burst
//
// Ramp: no more than a few more than there are, so that the first document does not wait for processors that start the tenth.
// Stream: as many as are still to come, at most the maximum.
// Decay: when the batch is over, half as many with each minute, down to one.

const int StartedAtOnce = 2;
static readonly TimeSpan HalfLife = TimeSpan.FromMinutes(1);

PreloadTarget Streaming(PreloadView view)
{
    var wanted = Math.Min(view.Batch.Outstanding, view.Max);
    var ramp = Math.Min(wanted, view.Ready + StartedAtOnce);
    return ramp < wanted
        ? new(ramp, $"{view.Batch.Outstanding} announced; {wanted} are begun little by little")
        : new(wanted, $"{view.Batch.Outstanding} announced");
}

PreloadTarget Decaying(PreloadView view, DateTimeOffset ended)
{
    // A clock that was set back makes the end look as if it were to come.
    var halves = Math.Max(0, (view.Now - ended) / HalfLife);
    var left = (int)Math.Floor(Math.Min(view.Batch.Largest, view.Max) * Math.Pow(0.5, halves));
    return left > 1 ? new(left, $"after a batch of {view.Batch.Largest}") : Quiet(view);
}

PreloadTarget Quiet(PreloadView view) => new(Math.Min(1, view.Max), "no batch");

Policy("burst", view => view.Batch switch
{
    { Outstanding: > 0 } => Streaming(view),
    { EndedAt: { } ended } => Decaying(view, ended),
    _ => Quiet(view),
});
