using Qubes.Tools.Progress;

namespace Qubes.Tools.Convert.Disposables;

/// <summary>Hands out qubes to convert in: one for each document, never used before, gone afterwards.</summary>
internal interface IConversionQubes
{
    /// <summary>Obtains a running one and enters <see cref="Stage.Boot"/> when it is known by name.</summary>
    /// <param name="stages">What the time is spent on.</param>
    /// <param name="row">Where it is shown how long that may take.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    Task<IConversionQube> AcquireAsync(StageTimes stages, IProgressRow row, CancellationToken cancellation);
}
