using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;

namespace Qubes.Tools.Tests.Bench;

/// <summary>
/// A daemon's socket whose answers are given byte for byte (Latin-1 texts). It reads each request to its end of file first.
/// </summary>
internal sealed class AdminServer : IAsyncDisposable
{
    private readonly Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly ConcurrentDictionary<string, ConcurrentQueue<Func<Socket, Task>>> answers = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource stop = new();
    private readonly Task accepting;

    public AdminServer(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        accepting = AcceptAsync();
    }

    /// <summary>What was asked, in order, whole requests.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>
    /// Answers a request with these bytes. Given again for the same request: the next answers; the last one stays.
    /// </summary>
    public AdminServer Answer(string request, string answer) =>
        Handle(request, socket => socket.SendAsync(Encoding.Latin1.GetBytes(answer)).ContinueWith(_ => { }, TaskScheduler.Default));

    /// <summary>Answers a request with these bytes from now on, whatever was said before.</summary>
    public AdminServer Replace(string request, string answer)
    {
        answers.TryRemove(request, out _);
        return Answer(request, answer);
    }

    public AdminServer Handle(string request, Func<Socket, Task> handler)
    {
        answers.GetOrAdd(request, _ => new()).Enqueue(handler);
        return this;
    }

    /// <summary>Answers <c>METHOD+ARGUMENT</c> at a qube with success and this result.</summary>
    public AdminServer Ok(string call, string destination, string result = "", string payload = "") =>
        Answer($"{call} dom0 name {destination}\0{payload}", "0\0" + result);

    public AdminServer Refuse(string call, string destination, string wireClass, string message, string payload = "") =>
        Answer($"{call} dom0 name {destination}\0{payload}", $"2\0{wireClass}\0\0{message}\0");

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        await accepting;
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await listener.AcceptAsync(stop.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using (socket)
        {
            var bytes = new MemoryStream();
            var buffer = new byte[65536];
            while (await socket.ReceiveAsync(buffer) is > 0 and var read)
                bytes.Write(buffer, 0, read);
            var request = Encoding.Latin1.GetString(bytes.ToArray());
            Requests.Enqueue(request);
            if (!answers.TryGetValue(request, out var queue))
                return;
            if (queue.Count > 1 && queue.TryDequeue(out var next) || queue.TryPeek(out next))
                await next(socket);
        }
    }
}
