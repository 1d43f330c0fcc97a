using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using Qubes.Native;
using Qubes.Client.Calling;
using Qubes.Client.Native;
using Qubes.Qrexec.Protocol;

namespace Qubes.Client.Tests.Calling;

public sealed class HostileServiceTests
{
    [Fact]
    public void Whatever_the_services_side_sends_the_call_ends_with_a_status_or_a_violation() =>
        Prop.ForAll<(byte Type, byte Length, byte[] Body)[], bool>((messages, greets) =>
        {
            using var sent = new MemoryStream();
            if (greets)
                sent.Write(QrexecMessage.EncodeHello(4));
            foreach (var (type, length, body) in messages)
            {
                // Mostly data messages, some others, and some lengths that are lies.
                var header = new byte[MessageHeader.Size];
                BinaryPrimitives.WriteInt32LittleEndian(header, 0x190 + type % 5);
                BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(4), length < 16 ? length * 8191 : body?.Length ?? 0);
                sent.Write(header);
                sent.Write(body ?? []);
            }

            return Ends(sent.ToArray());
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Noise_is_no_call() => Prop.ForAll<byte[]>(noise => Ends(noise ?? [])).QuickCheckThrowOnFailure();

    private static bool Ends(byte[] sent)
    {
        var (ours, theirs) = Libc.SocketPair();
        var nowhere = Descriptors.TryOpen("/dev/null", Descriptors.ReadWrite);
        var output = Descriptors.TryOpen("/dev/null", Descriptors.WriteOnly);
        var isCutOff = false;
        try
        {
            for (var done = 0; done < sent.Length;)
                done += Libc.SendNow(theirs, sent.AsSpan(done)) is > 0 and var count ? count : sent.Length;
            Libc.ShutdownWriting(theirs);
            new CallSession(ours, new CallEnds(nowhere, new Sink(output, true), new Sink(nowhere, true))).Run();
        }
        catch (QrexecViolationException)
        {
            isCutOff = true;
        }
        finally
        {
            Descriptors.Close(theirs);
            Descriptors.Close(nowhere);
            if (isCutOff)
            {
                Descriptors.Close(ours);
                Descriptors.Close(output);
            }
        }

        return true;
    }
}
