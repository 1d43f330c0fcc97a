// source-affinity: documents are viewed where their source's documents are viewed, as in SecureDrop.
//
//   qubes-script enable source-affinity
//   qvm-tags sd-app add source-affinity
//   qvm-features sd-app source-affinity sd-viewer
//
// A qube with the tag gets its disposables from its own viewer's template, whatever it asks for: so that what comes from one source meets
// neither the settings nor the network of another's. Each document still has a fresh disposable of its own, which nothing can be left in; to share
// one among the documents of a source is not offered here, and would give the first of them what the others hold.
//
// A tagged qube whose viewer is not set, or cannot be one, gets nothing rather than something else.

const string Affinity = "source-affinity";

ChooseTemplate(request => request.RequestedBy.Tags.Contains(Affinity)
    ? request.RequestedBy.Features.GetValueOrDefault(Affinity)
    : null);

Refuse<AdminPermission>(call =>
    call.Method == "admin.vm.CreateDisposable"
    && call.Caller.Tags.Contains(Affinity)
    && call.Caller.Features.GetValueOrDefault(Affinity) is null or ""
        ? $"{call.Caller.Name} is bound to a viewer of its own, and has none: its feature {Affinity} is not set"
        : null);

// The viewer is worth having ready while there is somebody to view.
Policy(Affinity, view => view.Demand.Recent.Count > 0
    ? new(view.Max, "documents were viewed within the hour")
    : new(Math.Min(1, view.Max), "one, for the first document"));
