using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Qubes.Plugins.MemoryManager.Claims;
using Qubes.Plugins.MemoryManager.Guests;
using Qubes.Plugins.MemoryManager.Shrinking;
using Qubes.Sdk.LocalSockets;
using Qubes.Sdk.Memory;

namespace Qubes.Plugins.MemoryManager.Clients;

/// <summary>
/// One client: a request, an answer, and then what was freed is kept until it closes (spec: qmemman, section 7). One that closes before
/// the answer gives up its request. Used on the kernel loop.
/// </summary>
internal sealed class ClientConnection(ClaimDesk desk, Ledger ledger, Shrinker shrinker, TimeProvider time, ILogger<ClientConnection> log)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <exception cref="SocketException">The client broke off.</exception>
    /// <exception cref="OperationCanceledException">It did not ask in time, or left before the answer, or the plugin ends.</exception>
    public async Task ServeAsync(Socket client, PeerCredentials peer, CancellationToken cancel)
    {
        var request = await ReadAsync(client, cancel);
        using var left = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var leaving = LeaveAsync(client, left);
        try
        {
            switch (request)
            {
                case ClientRequest.Free(var bytes):
                    await using (var claim = await desk.ClaimAsync($"process {peer.Pid}", bytes, left.Token))
                        await AnswerAsync(client, claim is null ? "FAIL\n"u8.ToArray() : "OK\n"u8.ToArray(), leaving, left.Token);
                    break;
                case ClientRequest.Set(var machines):
                    await SetAsync(client, peer, machines, leaving, left.Token);
                    break;
                default:
                    await AnswerAsync(client, "INVALID_ARG\n"u8.ToArray(), leaving, left.Token);
                    break;
            }
        }
        finally
        {
            await left.CancelAsync();
            await leaving;
        }
    }

    private async Task SetAsync(Socket client, PeerCredentials peer, IReadOnlyDictionary<int, long?> machines, Task leaving, CancellationToken cancel)
    {
        List<(Guest Guest, long? Bytes)> wanted = [];
        foreach (var (id, bytes) in machines)
        {
            if (!ledger.TryFind(id, out var guest))
            {
                Log.UnknownMachine(log, peer.Pid, id);
                return; // closed without an answer
            }
            wanted.Add((guest, bytes));
        }
        try
        {
            var outcomes = await Task.WhenAll(wanted.Select(w => shrinker.ShrinkAsync(w.Guest, w.Bytes, cancel)));
            var isDone = !outcomes.Contains(ShrinkOutcome.Stalled);
            await AnswerAsync(client, isDone ? "OK\n"u8.ToArray() : "FAIL\n"u8.ToArray(), leaving, cancel);
        }
        finally
        {
            foreach (var (guest, _) in wanted)
                shrinker.LetGo(guest);
        }
    }

    private static async Task AnswerAsync(Socket client, byte[] answer, Task leaving, CancellationToken cancel)
    {
        await client.SendAsync(answer, SocketFlags.None, cancel);
        await leaving;
    }

    // The rest of what the client sends is its end, or a second request, which ends it too.
    private static async Task LeaveAsync(Socket client, CancellationTokenSource left)
    {
        try
        {
            await client.ReceiveAsync(new byte[1], SocketFlags.None, left.Token);
            await left.CancelAsync();
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            await left.CancelAsync();
        }
    }

    // Null: what came is no request.
    private async Task<ClientRequest?> ReadAsync(Socket client, CancellationToken cancel)
    {
        using var late = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        var buffer = new byte[ClientRequest.Longest];
        var length = 0;
        while (length < buffer.Length)
        {
            var read = await client.ReceiveAsync(buffer.AsMemory(length), SocketFlags.None, either.Token);
            if (read == 0)
                return null;
            length += read;
            var end = buffer.AsSpan(0, length).IndexOf((byte)'\n');
            if (end >= 0)
                return end == length - 1 ? ClientRequest.Parse(buffer.AsSpan(0, end)) : null;
        }
        return null;
    }
}
