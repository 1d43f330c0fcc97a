using System.IO.Pipelines;
using Qubes.GuestTools.Tests.Bench;
using Qubes.Qrexec.Files;

namespace Qubes.GuestTools.Tests.Copying;

public sealed class AnswerTests : IDisposable
{
    private readonly ToolBench bench = new();

    [Fact]
    public async Task An_early_answer_stops_a_sender_whose_stream_nobody_reads()
    {
        var file = bench.PathOf("big");
        await using (var sparse = File.Create(file))
            sparse.SetLength(1L << 40);
        var (there, back) = (new Pipe(), new Pipe());
        var sending = bench.RunAsync("qfile-agent", back.Reader.AsStream(), there.Writer.AsStream(), file);

        await there.Reader.ReadAtLeastAsync(QfileHeader.Size).AsTask().WaitAsync(ToolBench.Patience);
        await back.Writer.WriteAsync(new QfileAnswer(QfileError.NoSpace, 0, "big"u8.ToArray()).ToBytes());
        await back.Writer.CompleteAsync();

        var result = await sending.WaitAsync(ToolBench.Patience);
        Assert.Equal((1, "qfile-agent: the receiver stopped at 'big': the disk is full\n"), (result.Status, result.Errors));
    }

    [Fact]
    public async Task A_sum_that_differs_is_a_failure()
    {
        var (there, back) = (new Pipe(), new Pipe());
        var sending = bench.RunAsync("qfile-agent", back.Reader.AsStream(), there.Writer.AsStream(), "--move", bench.Write("file", "content"));
        // After all of it, or it would count as a refusal.
        await there.Reader.ReadAtLeastAsync((2 * QfileHeader.Size) + "file\0content".Length).AsTask().WaitAsync(ToolBench.Patience);
        await back.Writer.WriteAsync(new QfileAnswer(QfileError.None, 1, null).ToBytes());
        await back.Writer.CompleteAsync();

        var result = await sending.WaitAsync(ToolBench.Patience);
        Assert.Equal(1, result.Status);
        Assert.Contains("something else than what was sent", result.Errors);
        Assert.True(File.Exists(bench.PathOf("file")));
    }

    [Fact]
    public async Task An_answer_that_overtakes_the_end_is_the_answer_to_all_of_it()
    {
        await using var sink = new OvertakenSink();
        var sender = new QfileSender(sink, sink.Answer, _ => { });

        await sender.SendAsync(bench.Write("file", "content"), default).WaitAsync(ToolBench.Patience);
        await sender.FinishAsync(default).WaitAsync(ToolBench.Patience);

        Assert.True(sink.Answer.IsCompletedSuccessfully);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    public async Task No_answer_is_a_failure(int length)
    {
        var result = await AnsweredAsync(new byte[length], "--move");

        Assert.Equal(1, result.Status);
        Assert.Contains("nobody knows what arrived", result.Errors);
        Assert.True(File.Exists(bench.PathOf("file")));
    }

    [Fact]
    public async Task An_answer_that_lies_about_its_name_is_none()
    {
        byte[] answer = [.. new QfileAnswer(QfileError.Exists, 0, null).ToBytes(), 0xff, 0xff, 0xff, 0x7f, 1];

        Assert.Contains("nobody knows what arrived", (await AnsweredAsync(answer)).Errors);
    }

    [Fact]
    public async Task An_answers_name_reaches_no_terminal_as_it_is()
    {
        var result = await AnsweredAsync(new QfileAnswer(QfileError.BadName, 0, "\u001b[2Jx\n\u202e"u8.ToArray()).ToBytes());

        Assert.Contains("'_[2Jx__'", result.Errors);
    }

    [Fact]
    public async Task An_answer_survives_its_own_encoding()
    {
        foreach (var answer in (QfileAnswer[])[new(5, 6, null), new(0, uint.MaxValue, "name"u8.ToArray())])
        {
            var read = await QfileAnswer.ReadAsync(new MemoryStream(answer.ToBytes()), default);
            Assert.Equal((answer.Error, answer.Crc), (read.Error, read.Crc));
            Assert.Equal(answer.LastName, read.LastName);
        }
    }

    [Fact]
    public void The_sum_is_the_one_that_everyone_else_computes()
    {
        Assert.Equal(0xCBF43926u, Crc32.Of("123456789"u8));
        Assert.Equal(0u, Crc32.Of([]));
        var pieces = new Crc32();
        var bytes = Enumerable.Range(0, 1000).Select(i => (byte)(i * 7)).ToArray();
        for (var (at, size) = (0, 1); at < bytes.Length; at += size, size++)
            pieces.Append(bytes.AsSpan(at, Math.Min(size, bytes.Length - at)));
        Assert.Equal(Crc32.Of(bytes), pieces.Value);
    }

    public void Dispose() => bench.Dispose();

    private Task<ToolResult> AnsweredAsync(byte[] answer, params string[] options) =>
        bench.RunAsync("qfile-agent", answer, [.. options, bench.Write("file", "content")]);
}
