using Qubes.Plugins.Preload.Lives;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Preload.Failures;

/// <summary>One start that failed.</summary>
/// <param name="Kind">Why.</param>
/// <param name="Reason">The same for people; one line. What a guest chose of it is printable ASCII.</param>
/// <param name="Qube">The preload's name, which is gone; empty: there was none yet.</param>
/// <param name="At">When.</param>
internal sealed record StartFailure(StartFailureKind Kind, string Reason, string Qube, DateTimeOffset At)
{
    /// <summary>Judges by what was thrown, and by how far the preload had come.</summary>
    public static StartFailure Of(PreloadLife preload, bool wasMade, Exception error, DateTimeOffset at) =>
        new(KindOf(wasMade, preload.Stage, error), error.Message, preload.Qube.Name, at);

    /// <summary>One that failed before there was a qube.</summary>
    public static StartFailure BeforeCreation(Exception error, DateTimeOffset at) =>
        new(KindOf(wasMade: false, PreloadStage.Created, error), error.Message, "", at);

    private static StartFailureKind KindOf(bool wasMade, PreloadStage stage, Exception error) => error switch
    {
        GuestNotReadyException notReady => notReady.Kind,
        OutOfMemoryQubeException => StartFailureKind.OutOfMemory,
        StorageException => StartFailureKind.StorageFailed,
        not QubesException => StartFailureKind.Broken,
        _ when !wasMade => StartFailureKind.CreationFailed,
        _ when stage == PreloadStage.Operational => StartFailureKind.PauseFailed,
        _ => StartFailureKind.MachineFailed,
    };
}
