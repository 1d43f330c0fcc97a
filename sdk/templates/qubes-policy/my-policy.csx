// my-policy: as many as were asked for within the last ten minutes, and one more; what is announced comes on top.
//
//   cp my-policy.csx /etc/qubes/scripts/
//   qvm-features debian-12-convert-dvm preload-dispvm-policy my-policy

var memory = TimeSpan.FromMinutes(10);

Policy("my-policy", view =>
{
    var recent = view.Demand.Recent.Count(at => view.Now - at < memory);
    var wanted = recent + 1 + view.Batch.Outstanding;
    return new(Math.Min(wanted, view.Max), $"{recent} requests within {memory.TotalMinutes:0} minutes");
});
