namespace Qubes.Plugins.AdminApi.Streams;

/// <summary>The stream of a caller whose leaving cancels it.</summary>
internal sealed class OutputStreamSession(Stream output, CancellationToken left) : StreamSession(left)
{
    protected override async Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        await output.WriteAsync(bytes, cancel);
        await output.FlushAsync(cancel);
    }

    protected override IDisposable? Watch(Action gone) => null;
}
