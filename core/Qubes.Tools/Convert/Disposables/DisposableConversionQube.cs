using Qubes.Tools.Calls;
using Qubes.Tools.Disposables;

namespace Qubes.Tools.Convert.Disposables;

/// <summary>A disposable of the daemon's.</summary>
internal sealed class DisposableConversionQube(DisposableQube disposable, IServiceCalls calls) : IConversionQube
{
    public string Name => disposable.Name;

    public Task<int> CallAsync(string service, Stream input, Stream output, Stream errors, CancellationToken cancellation) =>
        calls.RunAsync(new ServiceCall(Name, service), input, output, errors, cancellation);

    public ValueTask DisposeAsync() => disposable.DisposeAsync();
}
