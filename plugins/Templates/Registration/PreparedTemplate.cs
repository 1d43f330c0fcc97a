namespace Qubes.Plugins.Templates.Registration;

/// <summary>A built template before it is entered. Disposing of it deletes the images that were not imported.</summary>
/// <param name="Key">What names the images' content.</param>
/// <param name="Kernel">The name of its kernel, installed.</param>
/// <param name="RootImage">A copy of the root image, to be consumed.</param>
/// <param name="PrivateImage">The same for the disposable template's private volume, where the recipe has one.</param>
internal sealed record PreparedTemplate(string Key, string Kernel, string RootImage, string? PrivateImage) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        File.Delete(RootImage);
        if (PrivateImage is not null)
            File.Delete(PrivateImage);
    }
}
