using System.Net.Sockets;

namespace Qubes.Plugins.Preload.Metrics;

/// <summary>Serves one client: one request, one answer.</summary>
/// <param name="read">Gives the metrics.</param>
internal sealed class ScrapeConnection(Func<Task<string>> read)
{
    /// <summary>Ends when the client has its answer, or left first.</summary>
    /// <exception cref="SocketException">The connection broke.</exception>
    /// <exception cref="OperationCanceledException">Its time is over.</exception>
    public async Task ServeAsync(Socket client, CancellationToken cancel)
    {
        var request = await ReceiveAsync(client, cancel);
        if (request == ScrapeRequest.Unfinished)
            return;
        ReadOnlyMemory<byte> answer = request == ScrapeRequest.Metrics ? ScrapeAnswer.Metrics(await read()) : ScrapeAnswer.Refusal(request);
        while (!answer.IsEmpty)
            answer = answer[await client.SendAsync(answer, cancel)..];
        client.Shutdown(SocketShutdown.Send);
    }

    private static async Task<ScrapeRequest> ReceiveAsync(Socket client, CancellationToken cancel)
    {
        var bytes = new byte[ScrapeRequestParser.MaxLength];
        var length = 0;
        while (true)
        {
            var received = await client.ReceiveAsync(bytes.AsMemory(length), cancel);
            length += received;
            if (ScrapeRequestParser.Parse(bytes.AsSpan(0, length)) is var request && (request != ScrapeRequest.Unfinished || received == 0))
                return request;
        }
    }
}
