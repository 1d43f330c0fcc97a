using System.Diagnostics;
using Qubes.Conversion;
using Qubes.Conversion.Pixels;
using Qubes.GuestTools.Commands;

namespace Qubes.GuestTools.Converting;

/// <summary>What a result is written as: PNG by us, anything else by GraphicsMagick from a PNG of ours.</summary>
/// <param name="name">In GraphicsMagick's words; null for PNG.</param>
/// <param name="tool">Its program; null for PNG.</param>
internal sealed class ImageFormat(string? name, string? tool)
{
    /// <exception cref="CommandException">The result's extension is of no format that can be written here.</exception>
    public static ImageFormat For(string output, Surroundings surroundings)
    {
        var name = Path.GetExtension(output).TrimStart('.').ToLowerInvariant();
        if (name == "png")
            return new ImageFormat(null, null);
        if (name.Length == 0 || !name.All(char.IsAsciiLetterOrDigit))
            throw new CommandException($"{SafeText.OneLine(output)}: the name must end in .png or another format's extension");
        var tool = (surroundings.Variable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, "gm")).FirstOrDefault(File.Exists);
        return tool is not null
            ? new ImageFormat(name, tool)
            : throw new CommandException($"{SafeText.OneLine(output)}: only .png is written without GraphicsMagick, which is not installed");
    }

    /// <param name="writePixels">Writes exactly the image's bytes, rows from top to bottom, R G B A each.</param>
    public async Task WriteAsync(PageSize size, Func<Stream, Task> writePixels, Stream file, CancellationToken cancellation)
    {
        if (tool is null)
        {
            await PngWriter.WriteAsync(size, writePixels, file, cancellation);
            return;
        }

        var folder = Directory.CreateTempSubdirectory("qvm-convert-img-");
        try
        {
            var png = Path.Combine(folder.FullName, "image.png");
            await using (var stream = File.Create(png))
                await PngWriter.WriteAsync(size, writePixels, stream, cancellation);
            await ConvertAsync(png, file, cancellation);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task ConvertAsync(string png, Stream file, CancellationToken cancellation)
    {
        using var process = Process.Start(new ProcessStartInfo(tool!, ["convert", "png:" + png, name + ":-"]) { RedirectStandardOutput = true })!;
        try
        {
            await process.StandardOutput.BaseStream.CopyToAsync(file, cancellation);
            await process.WaitForExitAsync(cancellation);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }

        if (process.ExitCode != 0)
            throw new ConversionException($"GraphicsMagick cannot write .{name}");
    }
}
