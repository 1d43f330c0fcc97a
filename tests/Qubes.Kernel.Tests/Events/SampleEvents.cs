using Qubes.Sdk.Events;

namespace Qubes.Kernel.Tests.Events;

internal abstract record Sample() : QubesEvent(Subject: null)
{
    public override string WireName => "sample";
}

internal sealed record Happened : Sample;

internal sealed record HappenedElsewhere : Sample;

internal sealed record HappenedSlowly : Sample, IAwaitedEvent;

internal sealed record Happening() : PreEvent(Subject: null)
{
    public override string WireName => "pre-sample";
}

internal sealed record HappeningSlowly() : PreEvent(Subject: null), IAwaitedEvent
{
    public override string WireName => "pre-sample-slow";
}

internal sealed record Deciding() : PreEvent(Subject: null), IFailClosedEvent
{
    public override string WireName => "decide";
}

internal sealed record DecidingSlowly() : PreEvent(Subject: null), IFailClosedEvent, IAwaitedEvent
{
    public override string WireName => "decide-slow";
}
