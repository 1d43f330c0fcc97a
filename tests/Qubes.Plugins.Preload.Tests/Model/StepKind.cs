namespace Qubes.Plugins.Preload.Tests.Model;

/// <summary>What can happen to a system that preloads.</summary>
internal enum StepKind
{
    /// <summary>Somebody asks for a disposable.</summary>
    Request,
    RequestAndLeave,
    LetTimePass,
    LetMoreTimePass,
    LocalMax,
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
    HostSuspends,
    HostResumes,
    Restart,
    Pressure,
}
