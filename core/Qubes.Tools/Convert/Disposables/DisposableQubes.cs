using Qubes.Tools.Calls;
using Qubes.Tools.Disposables;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Convert.Disposables;

/// <summary>Conversion qubes that are disposables of the daemon.</summary>
/// <param name="template">The disposable template, or <c>dom0</c> for the system's default one.</param>
internal sealed class DisposableQubes(Session session, string template) : IConversionQubes
{
    public async Task<IConversionQube> AcquireAsync(StageTimes stages, CancellationToken cancellation) =>
        new Qube(
            await DisposableQube.AcquireAsync(session, template, cancellation, created: _ => stages.Enter(Stage.Boot)), session.Calls);

    private sealed class Qube(DisposableQube disposable, IServiceCalls calls) : IConversionQube
    {
        public string Name => disposable.Name;

        public Task<int> CallAsync(string service, Stream input, Stream output, Stream errors, CancellationToken cancellation) =>
            calls.RunAsync(new ServiceCall(Name, service), input, output, errors, cancellation);

        public ValueTask DisposeAsync() => disposable.DisposeAsync();
    }
}
