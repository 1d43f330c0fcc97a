using static Qubes.Benchmarks.AdminApi.SystemCalls;

namespace Qubes.Benchmarks.AdminApi;

/// <summary>Answers every request with the same bytes: what the clients reach when the daemon costs nothing.</summary>
internal sealed unsafe class TrivialServer : IDisposable
{
    private readonly int listener;
    private readonly Thread[] threads;
    private readonly byte[] answer;
    private volatile bool ending;

    public TrivialServer(string path, int answerLength, int threadCount)
    {
        Path = path;
        answer = [(byte)'0', 0, .. new byte[answerLength]];
        listener = (int)Checked(Socket(Unix, StreamType, 0));
        var address = Address(path);
        fixed (byte* at = address)
            Checked(Bind(listener, at, address.Length));
        Checked(Listen(listener, 512));
        threads = [.. Enumerable.Range(0, threadCount).Select(_ => new Thread(Serve))];
        foreach (var thread in threads)
            thread.Start();
    }

    public string Path { get; }

    public void Dispose()
    {
        ending = true;
        foreach (var _ in threads)
            new RawClient(Path).Ask("end"u8);
        foreach (var thread in threads)
            thread.Join();
        _ = Close(listener);
        File.Delete(Path);
    }

    private void Serve()
    {
        var buffer = new byte[65536];
        fixed (byte* into = buffer, bytes = answer)
        {
            while (!ending)
            {
                int client = (int)Checked(Accept(listener, 0, 0));
                while (Checked(Receive(client, into, buffer.Length, 0)) > 0)
                {
                }
                Checked(Send(client, bytes, answer.Length, NoSignal));
                _ = Close(client);
            }
        }
    }
}
