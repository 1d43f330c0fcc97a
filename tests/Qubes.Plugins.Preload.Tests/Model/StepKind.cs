namespace Qubes.Plugins.Preload.Tests.Model;

/// <summary>What can happen to a system that preloads.</summary>
internal enum StepKind
{
    Request,
    RequestAgain,
    RequestAndLeave,
    LetTimePass,
    LetMoreTimePass,
    LocalMax,
    LocalMaxAgain,
    LocalMaxDeleted,
    GlobalMax,
    GlobalMaxDeleted,
    Delay,
    Memory,
    BootTime,
    MachineEnds,
    LetRunBySomebody,
    Faults,
    NoFaults,
    Setting,
    CosmeticSetting,
    Commit,
    EndOneInUse,
    DefaultTemplate,
    OtherTemplate,
    NoDisposables,
    Disposables,
    Resize,
    AskForPreloads,
    Restart,
}
