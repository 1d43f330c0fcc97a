using Qubes.Conversion;
using Qubes.Conversion.Files;
using Qubes.Conversion.Pdf;
using Qubes.Conversion.Pixels;
using Qubes.Tools.Admin;
using Qubes.Tools.Convert.Disposables;
using Qubes.Tools.Convert.Files;
using Qubes.Tools.Hosting;
using Qubes.Tools.Progress;

namespace Qubes.Tools.Convert;

/// <summary>
/// Converts one file in one disposable: checks it, obtains the disposable, sends the document and at the same time turns the
/// pixels that come back into a PDF, puts that in its place, kills the disposable whatever happened. Nothing of what fails
/// here concerns another file.
/// </summary>
internal sealed class ConversionJob(IConversionQubes qubes, ConvertOptions options, TimeProvider clock)
{
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled; the disposable is gone.</exception>
    /// <exception cref="DaemonUnreachableException">No daemon: no other file would fare better.</exception>
    public async Task<ConversionResult> RunAsync(ConversionPlan plan, IProgressRow row, CancellationToken cancellation)
    {
        var conversion = new Conversion(plan, row, new StageTimes(clock));
        using var limit = new CancellationTokenSource(options.Timeout > TimeSpan.Zero ? options.Timeout : Timeout.InfiniteTimeSpan, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            if (plan.Refusal is not null)
                throw new ConversionException(plan.Refusal);
            await RunAsync(conversion, either.Token);
            return conversion.Result(null, 0);
        }
        catch (ConversionException refusal)
        {
            return conversion.Result(refusal.Message, refusal.Status);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return conversion.Result($"not done within {options.Timeout.TotalSeconds:0} s; --timeout accepts more", null);
        }
        catch (AdminException refusal)
        {
            return conversion.Result($"no disposable: {refusal.Message}", null);
        }
        catch (ToolException failure) when (failure is not DaemonUnreachableException)
        {
            return conversion.Result(failure.Message, null);
        }
    }

    private async Task RunAsync(Conversion conversion, CancellationToken cancellation)
    {
        await using FileStream document = InputFile.Open(conversion.Plan.Input);
        await using var output = OutputFile.Create(conversion.Plan.Output);
        conversion.Row.Report(0, "waiting for a disposable");
        try
        {
            await using IConversionQube qube = await qubes.AcquireAsync(conversion.Stages, conversion.Row, cancellation);
            conversion.Qube = qube.Name;
            conversion.Stages.Enter(Stage.ServiceStart);
            try
            {
                await ConvertAsync(conversion, qube, document, output, cancellation);
            }
            finally
            {
                conversion.Stages.Enter(Stage.Destroy);
            }
        }
        finally
        {
            conversion.Stages.Stop();
        }
    }

    private async Task ConvertAsync(
        Conversion conversion, IConversionQube qube, Stream document, OutputFile output, CancellationToken cancellation)
    {
        var input = new WatchedInput(document, conversion.Stages);
        await using var answer = new ServiceAnswer(qube, options.Service, input, conversion.Errors, clock, cancellation);
        try
        {
            var pdf = new PdfWriter(output.Stream, options.Dpi);
            await ReceiveAsync(conversion, answer, pdf, cancellation);
            if (await answer.StatusAsync(cancellation) is not 0 and var status)
                throw new ConversionException(StatusMessages.For(status), status);
            if (input.Failure is not null)
                throw new AnswerCutShortException("the answer is to a document that was cut short");
            await pdf.FinishAsync(cancellation);
            await output.KeepAsync(cancellation);
            conversion.Bytes = pdf.Length;
        }
        catch (Exception) when (input.Failure is { } unread)
        {
            // Whatever came of it, came of a part of the document.
            throw new ConversionException($"cannot be read to its end: {FileFailure.Describe(unread)}", cause: unread);
        }
        catch (GuestViolationException violation)
        {
            throw new ConversionException(violation.Message, cause: violation);
        }
        catch (AnswerCutShortException cut)
        {
            int status = await answer.StatusAsync(cancellation);
            throw new ConversionException(status == 0 ? cut.Message : StatusMessages.For(status), status, cut);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ConversionException($"the result cannot be written: {FileFailure.Describe(failure)}", cause: failure);
        }
    }

    private async Task ReceiveAsync(Conversion conversion, ServiceAnswer answer, PdfWriter pdf, CancellationToken cancellation)
    {
        IPageDialect dialect = options.Dpi == ConvertOptions.DefaultDpi ? new DangerzoneDialect() : new PdfConvertDialect();
        var reader = new PixelStreamReader(answer.Output, dialect);
        conversion.Row.Report(0, "converting");
        int pages = await reader.ReadPageCountAsync(cancellation);
        while (conversion.Pages < pages)
        {
            PageSize size = await reader.ReadPageSizeAsync(cancellation);
            await pdf.AddPageAsync(size, sink => reader.CopyPixelsAsync(size, sink, cancellation), cancellation);
            conversion.PageDone(pages);
        }

        conversion.Stages.Enter(Stage.Write);
        await reader.ExpectEndAsync(clock, cancellation);
    }
}
