using System.Text;
using Qubes.Qrexec.Data;
using Qubes.Qrexec.Link;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Tests.Link;
using Qubes.Qrexec.Vchan;

namespace Qubes.Qrexec.Tests.Mutation;

/// <summary>
/// Streams that were right once, in pieces of any size, to everything that reads what a guest or a program sends. The ordinary run does
/// 50,000; <c>QUBES_QREXEC_MUTATIONS</c> says otherwise.
/// </summary>
public sealed class MutatedStreamTests
{
    private const int Window = 8192;

    // What a single stream of some hundred bytes may make us allocate.
    private const long MostBytes = 4 << 20;
    private static readonly int Count = int.Parse(Environment.GetEnvironmentVariable("QUBES_QREXEC_MUTATIONS") ?? "50000");
    private static readonly Guid Nonce = new("00112233-4455-6677-8899-aabbccddeeff");
    private readonly Random random = new(20261121);

    [Fact]
    public void Control_connections_read_messages_or_break_off()
    {
        byte[][] seeds =
        [
            [
                .. QrexecMessage.EncodeHello(4), .. new ExecRequest(new(0, 513), "user:QUBESRPC a.Svc+x work").Encode(MessageType.ExecCmdline),
                .. new ServiceConnect(new(3, 514), RequestId.FromText("SOCKET1")).Encode(), .. RequestId.FromText("SOCKET2").EncodeRefused(),
                .. new ExecParameters(3, 513).Encode(MessageType.ConnectionTerminated),
            ],
            [
                .. QrexecMessage.EncodeHello(4), .. new TriggerRequest("", "@dispvm", RequestId.FromText("SOCKET3"), "dz.Convert+", null).Encode(),
                .. QrexecMessage.Encode(MessageType.TriggerService3, [.. Padded("vault", 64), .. Padded("SOCKET4", 32), .. "a.Svc+b\0"u8]),
                .. QrexecMessage.Encode(MessageType.TriggerService, [.. Padded("a.Svc", 64), .. Padded("vault", 32), .. Padded("SOCKET5", 32)]),
            ],
        ];
        Survive(seeds, stream =>
        {
            var decoder = new MessageDecoder { Version = random.Next(2, 5) };
            ForEachPiece(stream, piece =>
            {
                ReadOnlySpan<byte> rest = piece;
                while (decoder.Read(ref rest) is { } message)
                    Use(message, decoder.Version);
            });
        });
    }

    [Fact]
    public void Data_connections_give_their_pieces_or_break_off()
    {
        byte[] seed =
        [
            .. QrexecMessage.Encode(MessageType.DataStdout, new byte[300]), .. QrexecMessage.Encode(MessageType.DataStderr, "trouble"u8),
            .. QrexecMessage.Encode(MessageType.DataStdout, []), .. QrexecMessage.Encode(MessageType.DataStdin, []), .. QrexecMessage.EncodeExitCode(3),
        ];
        Survive([seed], stream =>
        {
            var decoder = new DataDecoder(random.Next(2, 5));
            var code = new ExitCodeReader();
            long taken = 0;
            ForEachPiece(stream, piece =>
            {
                ReadOnlyMemory<byte> rest = piece;
                while (decoder.TryRead(ref rest, out var read))
                {
                    taken += read.Bytes.Length;
                    if (read.Type == MessageType.DataExitCode)
                        code.Take(read.Bytes.Span, read.IsLast);
                }
            });
            Assert.InRange(taken, 0, stream.Length);
        });
    }

    [Fact]
    public void A_host_reads_a_guests_frames_or_drops_its_link() => SurviveFrames(LinkRole.Host);

    [Fact]
    public void A_guest_reads_the_hosts_frames_or_drops_the_link() => SurviveFrames(LinkRole.Guest);

    private void SurviveFrames(LinkRole role)
    {
        var peer = new LinkSession(role == LinkRole.Host ? LinkRole.Guest : LinkRole.Host, Window, role == LinkRole.Host ? null : Nonce, new Recorder());
        var own = new LinkSession(role, Window, role == LinkRole.Host ? Nonce : null, new Recorder());
        byte[] seed = [.. role == LinkRole.Host ? Greet(own, peer) : peer.Opening()];
        Meet(own, peer);
        seed = [.. seed, .. Frames(peer)];
        Survive([seed], stream =>
        {
            var session = new LinkSession(role, Window, role == LinkRole.Host ? Nonce : null, new Recorder());
            if (role == LinkRole.Host)
                session.Opening();
            ForEachPiece(stream, piece =>
            {
                ReadOnlySpan<byte> rest = piece;
                while (!rest.IsEmpty)
                    session.Receive(ref rest);
                session.WriteControl(new byte[4096]);
            });
            Assert.InRange(session.Channels.Count, 0, 2 * LinkFrame.MaxChannels);
        });
    }

    private static byte[] Greet(LinkSession host, LinkSession guest)
    {
        ReadOnlySpan<byte> opening = host.Opening();
        while (!opening.IsEmpty)
            guest.Receive(ref opening);
        return Control(guest);
    }

    private static void Meet(LinkSession own, LinkSession peer)
    {
        ReadOnlySpan<byte> greeting = Control(own);
        while (!greeting.IsEmpty)
            peer.Receive(ref greeting);
    }

    // Channels with data and credit, some of them closed.
    private static byte[] Frames(LinkSession session)
    {
        List<byte> frames = [];
        for (var port = 513; port < 518; port++)
        {
            if (session.Open(new VchanAddress(3, port)) is not { } channel)
                continue;
            frames.AddRange(Control(session));
            var data = new byte[LinkFrame.Size + 40];
            LinkSession.WriteDataHead(data, channel, 40);
            frames.AddRange(data);
            if (port % 2 == 0)
                session.Close(channel);
            frames.AddRange(Control(session));
        }
        return [.. frames];
    }

    private static byte[] Control(LinkSession session)
    {
        var room = new byte[4096];
        return room[..session.WriteControl(room)];
    }

    private static void Use(QrexecMessage message, int version)
    {
        var body = message.Body.Span;
        switch (message.Type)
        {
            case MessageType.ExecCmdline or MessageType.JustExec:
                var request = ExecRequest.Parse(body);
                CommandText.TryParse(request.Command);
                break;
            case MessageType.TriggerService or MessageType.TriggerService3 or MessageType.TriggerService4:
                var call = TriggerRequest.Parse(message.Type, version, body);
                Assert.DoesNotContain(call.Target + call.Source + call.Service, char.IsControl);
                Assert.Equal(RequestId.Width, call.Id.Raw.Length);
                break;
            case MessageType.ServiceConnect:
                ServiceConnect.Parse(body);
                break;
            case MessageType.ConnectionTerminated:
                ExecParameters.Read(body);
                break;
            case MessageType.Hello:
                message.ReadHello();
                break;
        }
    }

    private void Survive(byte[][] seeds, Action<byte[]> read)
    {
        var mutator = new StreamMutator(random);
        for (var i = 0; i < Count / 4; i++)
        {
            var stream = mutator.Mutate(seeds[random.Next(seeds.Length)]);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                read(stream);
            }
            catch (Exception e) when (e is QrexecViolationException or LinkViolationException)
            {
                // The peer is dropped, which is what it deserves.
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"{e.GetType().Name} of {Convert.ToHexString(stream)}", e);
            }
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostBytes);
        }
    }

    private void ForEachPiece(byte[] stream, Action<byte[]> take)
    {
        for (var at = 0; at < stream.Length;)
        {
            var count = Math.Min(random.Next(1, 200), stream.Length - at);
            take(stream[at..(at + count)]);
            at += count;
        }
    }

    private static byte[] Padded(string text, int width) => Encoding.ASCII.GetBytes(text.PadRight(width, '\0'));
}
