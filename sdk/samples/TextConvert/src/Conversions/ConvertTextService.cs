using System.Text;
using Acme.TextConvert.Settings;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Rpc;

namespace Acme.TextConvert.Conversions;

/// <summary>
/// <c>acme.ConvertText</c>: a document on its input, its text on its output. Exit code 0; 1 if there is no text, and then the daemon's log
/// says why.
/// </summary>
internal sealed class ConvertTextService(IKernelLoop loop, Disposal disposal, ConversionSettings settings, TimeProvider time) : IRpcService
{
    public string Name => "acme.ConvertText";

    public async Task<int> ServeAsync(RpcCall call, CancellationToken cancel)
    {
        if (call.SourceQube is not { } caller)
            return await RefuseAsync(call, "only qubes are served", cancel);
        if (await ReadAsync(call.Input, cancel) is not { } document)
            return await RefuseAsync(call, $"the document is longer than {settings.MostBytes} bytes", cancel);
        using var late = new CancellationTokenSource(settings.Deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        try
        {
            var result = await loop.InvokeAsync(() => disposal.ConvertAsync(document, caller, either.Token));
            if (result.ExitCode != 0)
                return await RefuseAsync(call, $"the converter ended with {result.ExitCode}: {PlainText.Of(result.Error.Span)}", cancel);
            await call.Output.WriteAsync(Encoding.UTF8.GetBytes(PlainText.Of(result.Output.Span)), cancel);
            return 0;
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested)
        {
            return await RefuseAsync(call, $"the conversion took longer than {settings.Deadline.TotalSeconds:0} s", cancel);
        }
        catch (QubesException e)
        {
            return await RefuseAsync(call, e.Message, cancel);
        }
    }

    /// <summary>The whole document; null if it is too long.</summary>
    private async Task<ReadOnlyMemory<byte>?> ReadAsync(Stream input, CancellationToken cancel)
    {
        var most = settings.MostBytes;
        var read = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (await input.ReadAsync(buffer, cancel) is var count and > 0)
        {
            if (read.Length + count > most)
                return null;
            read.Write(buffer, 0, count);
        }
        return read.GetBuffer().AsMemory(0, (int)read.Length);
    }

    private static async Task<int> RefuseAsync(RpcCall call, string why, CancellationToken cancel)
    {
        await call.Error.WriteAsync(Encoding.UTF8.GetBytes($"{call.Source}: {why}\n"), cancel);
        return 1;
    }
}
