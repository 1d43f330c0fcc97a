using Qubes.Convert.Guest.Processes;

namespace Qubes.Convert.Guest.Documents;

/// <summary>Turns an office document into a PDF with headless LibreOffice, where the template has it.</summary>
internal static class OfficeDocument
{
    private static readonly string[] _programs = ["soffice", "libreoffice"];

    /// <summary>Writes the PDF into the workspace and returns its path.</summary>
    /// <exception cref="ConversionException">There is no LibreOffice, or it made no PDF of it.</exception>
    public static string ToPdf(Workspace workspace)
    {
        string program = _programs.FirstOrDefault(name => ToolProcess.Find(name) is not null)
            ?? throw new ConversionException(ConversionStatus.LibreOfficeMissing, "office documents refused: LibreOffice is not installed");
        string pdf = Path.ChangeExtension(workspace.InputFile, ".pdf");
        string[] arguments =
        [
            "--headless", "--norestore", "--nolockcheck", "--nodefault", $"-env:UserInstallation=file://{workspace.Directory}/profile",
            "--convert-to", "pdf", "--outdir", workspace.Directory, workspace.InputFile,
        ];
        // LibreOffice maps far more than it uses; the disposable's memory is its limit.
        if (!ToolProcess.Run(workspace, program, arguments, addressSpace: 0) || !File.Exists(pdf))
            throw new ConversionException(ConversionStatus.LibreOfficeFailed, "LibreOffice could not convert the document");
        return pdf;
    }
}
