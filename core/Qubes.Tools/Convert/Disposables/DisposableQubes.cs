using Qubes.Tools.Disposables;
using Qubes.Tools.Hosting;
using Qubes.Tools.Progress;

namespace Qubes.Tools.Convert.Disposables;

/// <summary>Conversion qubes that are disposables of the daemon.</summary>
/// <param name="template">The disposable template, or <c>dom0</c> for the system's default one.</param>
internal sealed class DisposableQubes(Session session, string template) : IConversionQubes
{
    public async Task<IConversionQube> AcquireAsync(StageTimes stages, IProgressRow row, CancellationToken cancellation) =>
        new DisposableConversionQube(
            await DisposableQube.AcquireAsync(session, template, cancellation, created: _ => stages.Enter(Stage.Boot)), session.Calls);
}
