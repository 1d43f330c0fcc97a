namespace Qubes.Tools.Convert.Disposables;

/// <summary>Hands out qubes to convert in: one for each document, never used before, gone afterwards.</summary>
internal interface IConversionQubes
{
    /// <summary>Obtains a running one and enters <see cref="Stage.Boot"/> when it is known by name.</summary>
    Task<IConversionQube> AcquireAsync(StageTimes stages, CancellationToken cancellation);
}
