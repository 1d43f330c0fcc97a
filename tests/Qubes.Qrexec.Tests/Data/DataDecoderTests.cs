using FsCheck;
using FsCheck.Fluent;
using Qubes.Qrexec.Data;
using Qubes.Qrexec.Protocol;

namespace Qubes.Qrexec.Tests.Data;

public sealed class DataDecoderTests
{
    [Fact]
    public void Bodies_come_out_whole_whatever_the_splits_and_whatever_is_put_back() =>
        Prop.ForAll<byte[], PositiveInt, PositiveInt>((body, step, most) =>
    {
        byte[] all = [.. QrexecMessage.Encode(MessageType.DataStdin, body), .. QrexecMessage.Encode(MessageType.DataStdout, [])];
        var decoder = new DataDecoder(4);
        var got = new List<byte>();
        var ends = 0;
        var held = new List<byte>();
        foreach (var chunk in all.Chunk(step.Get))
        {
            held.AddRange(chunk);
            while (true)
            {
                var count = decoder.TryRead(held.ToArray(), out var type, out var skipped, out var isLast);
                held.RemoveRange(0, skipped);
                if (count < 0)
                    break;
                // A reader that takes only so many bytes at a time.
                var taken = Math.Min(count, most.Get);
                if (type == MessageType.DataStdin)
                    got.AddRange(held.Take(taken));
                held.RemoveRange(0, taken);
                if (taken < count)
                    decoder.PutBack(count - taken);
                else if (isLast)
                    ends++;
            }
        }

        return ends == 2 && got.SequenceEqual(body);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Hostile_bytes_are_decoded_or_refused() => Prop.ForAll<byte[]>(bytes =>
    {
        foreach (var version in (int[])[2, 3, 4])
        {
            try
            {
                ReadOnlyMemory<byte> input = bytes;
                var decoder = new DataDecoder(version);
                while (decoder.TryRead(ref input, out _))
                {
                }
            }
            catch (QrexecViolationException)
            {
            }
        }

        return true;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_message_that_does_not_belong_there_is_a_violation()
    {
        ReadOnlyMemory<byte> input = QrexecMessage.EncodeHello(4);
        Assert.Throws<QrexecViolationException>(() => new DataDecoder(4).TryRead(ref input, out _));
    }
}
