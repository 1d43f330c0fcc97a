// netvm-prewarm: preloads as the qube that gives them network comes and goes.
//
//   qubes-script enable netvm-prewarm
//   qvm-features browser-dvm preload-dispvm-policy netvm-prewarm
//
// Starting a preload would start its net qube, too, and with it perhaps a connection that nobody wanted. So none is preloaded while it is
// halted; the first one while it starts, so that it is ready when the network is; all when it runs. What has no network is not
// concerned. The policy is asked every half a minute, and whenever a qube that provides network starts or ends.

Policy("netvm-prewarm", view => view.NetvmState switch
{
    null => new(view.Max, "it needs no network"),
    PowerState.Running => new(view.Max, "its net qube runs"),
    PowerState.Transient => new(Math.Min(1, view.Max), "its net qube starts"),
    PowerState.Paused or PowerState.Suspended => new(Math.Min(view.Queued, view.Max), "its net qube is paused"),
    _ => new(0, "its net qube does not run"),
});
